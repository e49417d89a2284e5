package dev.sallyport.audit;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.Frame;
import dev.sallyport.audit.format.Head;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.format.Segment;
import dev.sallyport.audit.format.SegmentCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A store taken apart in memory, so that a test can attack a copy of it.
public final class Store {
    final Map<String, byte[]> files;

    Store(Map<String, byte[]> files) {
        this.files = new TreeMap<>();
        files.forEach((name, bytes) -> this.files.put(name, bytes.clone()));
    }

    static Store read(Path folder) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> paths = Files.list(folder)) {
            for (Path path : paths.toList())
                files.put(String.valueOf(path.getFileName()), Files.readAllBytes(path));
        }
        return new Store(files);
    }

    Store copy() {
        return new Store(files);
    }

    Path write(Path folder) throws IOException {
        if (Files.exists(folder))
            try (Stream<Path> paths = Files.list(folder)) {
                for (Path path : paths.toList()) Files.delete(path);
            }
        SimulatedDisk.writeTo(folder, files);
        return folder;
    }

    List<String> segments() {
        return files.keySet().stream()
                .filter(name -> Segment.firstSequence(name).isPresent())
                .toList();
    }

    byte[] bytes(String name) {
        byte[] bytes = files.get(name);
        if (bytes == null) throw new IllegalArgumentException("no file " + name);
        return bytes;
    }

    /// Where a frame lies.
    record Place(String segment, int offset, int entryLength) {
        int end() {
            return offset + Frame.HEADER_BYTES + entryLength;
        }
    }

    /// The places of all frames, in order; that of sequence n is at n - 1.
    List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (String segment : segments()) {
            SegmentCursor cursor = new SegmentCursor(source(bytes(segment)));
            try {
                while (cursor.next() == SegmentCursor.Step.FRAME)
                    places.add(
                            new Place(segment, (int) cursor.frameOffset(), cursor.entryLength()));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        return places;
    }

    private static SegmentCursor.Source source(byte[] bytes) {
        return (ByteBuffer into, long position) -> {
            if (position >= bytes.length) return -1;
            int count = (int) Math.min(into.remaining(), bytes.length - position);
            into.put(bytes, (int) position, count);
            return count;
        };
    }

    Place place(long sequence) {
        return places().get((int) sequence - 1);
    }

    String entry(long sequence) {
        Place place = place(sequence);
        return new String(
                bytes(place.segment),
                place.offset + Frame.HEADER_BYTES,
                place.entryLength,
                StandardCharsets.UTF_8);
    }

    byte[] leafHash(long sequence) {
        byte[] entry = entry(sequence).getBytes(StandardCharsets.UTF_8);
        return new Leaf().hash(entry, 0, entry.length);
    }

    /// The entries of one segment.
    List<String> entries(String segment) {
        List<String> entries = new ArrayList<>();
        for (Place place : places())
            if (place.segment.equals(segment))
                entries.add(
                        new String(
                                bytes(segment),
                                place.offset + Frame.HEADER_BYTES,
                                place.entryLength,
                                StandardCharsets.UTF_8));
        return entries;
    }

    /// Replaces what a segment holds, with right frames and CRCs, one batch per entry.
    Store entries(String segment, List<String> entries) {
        byte[] old = bytes(segment);
        int needed = Segment.HEADER_BYTES;
        for (String text : entries)
            needed += Frame.HEADER_BYTES + text.getBytes(StandardCharsets.UTF_8).length;
        byte[] bytes = new byte[Math.max(needed, old.length)];
        System.arraycopy(old, 0, bytes, 0, Segment.HEADER_BYTES);
        int at = Segment.HEADER_BYTES;
        for (String text : entries) {
            byte[] entry = text.getBytes(StandardCharsets.UTF_8);
            System.arraycopy(entry, 0, bytes, at + Frame.HEADER_BYTES, entry.length);
            Frame.seal(bytes, at, entry.length, at);
            at += Frame.HEADER_BYTES + entry.length;
        }
        files.put(segment, bytes);
        return this;
    }

    /// What a forger without a key can do: chains everything anew from `sequence` on, with the
    /// entry there replaced, headers, frames, CRCs and head included.
    Store rechain(long sequence, String replacement) {
        byte[] hash = new byte[Leaf.HASH_BYTES];
        long at = 0;
        for (String segment : segments()) {
            byte[] header = new Segment(at + 1, hash, origin()).header();
            List<String> chained = new ArrayList<>();
            for (String entry : entries(segment)) {
                at++;
                String text = at == sequence ? replacement : entry;
                text =
                        text.replaceFirst(
                                "\"prev\":\"[0-9a-f]{64}\",\"seq\":",
                                "\"prev\":\"" + Leaf.hex(hash) + "\",\"seq\":");
                chained.add(text);
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                hash = new Leaf().hash(bytes, 0, bytes.length);
            }
            System.arraycopy(header, 0, bytes(segment), 0, header.length);
            entries(segment, chained);
        }
        Head old = head();
        return head(new Head(old.epoch(), at, hash, old.closed()));
    }

    String origin() {
        try {
            byte[] entry = entry(1).getBytes(StandardCharsets.UTF_8);
            return Entry.parse(entry, 0, entry.length).writer();
        } catch (dev.sallyport.audit.format.FormatException e) {
            throw new IllegalStateException(e);
        }
    }

    Head head() {
        byte[] bytes = bytes(Head.FILE_NAME);
        return Head.parse(bytes, bytes.length).orElseThrow();
    }

    Store head(Head head) {
        byte[] bytes = new byte[Head.FILE_BYTES];
        System.arraycopy(head.slot(), 0, bytes, Head.FIRST_SLOT, Head.SLOT_BYTES);
        System.arraycopy(head.slot(), 0, bytes, Head.SECOND_SLOT, Head.SLOT_BYTES);
        files.put(Head.FILE_NAME, bytes);
        return this;
    }

    /// Zeros from the frame of `sequence` to the end of its segment, and without later segments.
    Store cutFrom(long sequence) {
        Place place = place(sequence);
        byte[] bytes = bytes(place.segment);
        java.util.Arrays.fill(bytes, place.offset, bytes.length, (byte) 0);
        for (String segment : segments())
            if (segment.compareTo(place.segment) > 0) files.remove(segment);
        return this;
    }
}
