package dev.sallyport.audit.tree;

import dev.sallyport.audit.format.Leaf;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Hashes and proofs of RFC 6962 2.1. A leaf's index is its entry's sequence number less one.
public final class Merkle {
    private Merkle() {}

    /// The root of the tree without leaves.
    public static byte[] emptyRoot() {
        return Leaf.sha256().digest();
    }

    /// Where hashes of complete subtrees come from: `level` 0 are leaf hashes, the one at `index`
    /// covers the leaves from `index << level` to before `(index + 1) << level`.
    public interface Nodes<E extends Exception> {
        byte[] hash(int level, long index) throws E;
    }

    /// Two hashes next to each other, from `offset` on, into the place of `into`.
    static void node(MessageDigest sha256, byte[] pair, int offset, byte[] into, int at) {
        sha256.update((byte) 1);
        sha256.update(pair, offset, 2 * Leaf.HASH_BYTES);
        try {
            sha256.digest(into, at, Leaf.HASH_BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] node(MessageDigest sha256, byte[] left, byte[] right) {
        sha256.update((byte) 1);
        sha256.update(left);
        return sha256.digest(right);
    }

    /// The root over `count` hashes, a power of two, that lie one behind the other.
    static byte[] complete(MessageDigest sha256, byte[] hashes, int from, int count) {
        byte[] work =
                Arrays.copyOfRange(
                        hashes, from * Leaf.HASH_BYTES, (from + count) * Leaf.HASH_BYTES);
        for (int width = count; width > 1; width /= 2)
            for (int i = 0; i < width; i += 2)
                node(sha256, work, i * Leaf.HASH_BYTES, work, i / 2 * Leaf.HASH_BYTES);
        return Arrays.copyOf(work, Leaf.HASH_BYTES);
    }

    /// The hash over the leaves from `begin` to before `end`, at least one.
    private static <E extends Exception> byte[] range(
            MessageDigest sha256, Nodes<E> nodes, long begin, long end) throws E {
        long count = end - begin;
        if (Long.bitCount(count) == 1 && begin % count == 0) {
            int level = Long.numberOfTrailingZeros(count);
            return nodes.hash(level, begin >>> level);
        }
        long split = begin + split(count);
        return node(sha256, range(sha256, nodes, begin, split), range(sha256, nodes, split, end));
    }

    /// The largest power of two less than `count`, which is at least 2.
    private static long split(long count) {
        return Long.highestOneBit(count - 1);
    }

    public static <E extends Exception> byte[] root(Nodes<E> nodes, long size) throws E {
        return size == 0 ? emptyRoot() : range(Leaf.sha256(), nodes, 0, size);
    }

    /// RFC 6962 2.1.1: from the leaf's sibling to the root's child.
    public static <E extends Exception> List<byte[]> inclusion(
            Nodes<E> nodes, long index, long size) throws E {
        if (index < 0 || index >= size)
            throw new IllegalArgumentException("no leaf " + index + " in a tree of " + size);
        MessageDigest sha256 = Leaf.sha256();
        List<byte[]> path = new ArrayList<>();
        long begin = 0;
        long end = size;
        while (end - begin > 1) {
            long split = begin + split(end - begin);
            if (index < split) {
                path.addFirst(range(sha256, nodes, split, end));
                end = split;
            } else {
                path.addFirst(range(sha256, nodes, begin, split));
                begin = split;
            }
        }
        return path;
    }

    /// RFC 6962 2.1.2: that the tree of `size` leaves continues the one of `old`.
    public static <E extends Exception> List<byte[]> consistency(
            Nodes<E> nodes, long old, long size) throws E {
        if (old < 0 || old > size)
            throw new IllegalArgumentException("no tree of " + old + " in one of " + size);
        List<byte[]> path = new ArrayList<>();
        if (old == 0 || old == size) return path;
        MessageDigest sha256 = Leaf.sha256();
        long begin = 0;
        long end = size;
        boolean whole = true;
        while (old != end) {
            long split = begin + split(end - begin);
            if (old <= split) {
                path.addFirst(range(sha256, nodes, split, end));
                end = split;
            } else {
                path.addFirst(range(sha256, nodes, begin, split));
                begin = split;
                whole = false;
            }
        }
        if (!whole) path.addFirst(range(sha256, nodes, begin, end));
        return path;
    }

    /// Whether the path leads from the leaf to the root (RFC 9162 2.1.3.2).
    public static boolean isIncluded(
            byte[] leafHash, long index, long size, List<byte[]> path, byte[] root) {
        if (index < 0 || index >= size) return false;
        MessageDigest sha256 = Leaf.sha256();
        long node = index;
        long last = size - 1;
        byte[] hash = leafHash;
        for (byte[] sibling : path) {
            if (last == 0) return false;
            if ((node & 1) == 1 || node == last) {
                hash = node(sha256, sibling, hash);
                while ((node & 1) == 0 && node != 0) {
                    node >>>= 1;
                    last >>>= 1;
                }
            } else {
                hash = node(sha256, hash, sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return last == 0 && Arrays.equals(hash, root);
    }

    /// Whether the proof shows that the tree of `size` continues the one of `old` (RFC 9162
    /// 2.1.4.2). Every tree continues the one without leaves, whose proof is empty.
    public static boolean isConsistent(
            long old, byte[] oldRoot, long size, byte[] root, List<byte[]> proof) {
        if (old < 0 || old > size) return false;
        if (old == 0) return proof.isEmpty() && Arrays.equals(oldRoot, emptyRoot());
        if (old == size) return proof.isEmpty() && Arrays.equals(oldRoot, root);
        if (proof.isEmpty()) return false;
        MessageDigest sha256 = Leaf.sha256();
        int next = 0;
        byte[] first = Long.bitCount(old) == 1 ? oldRoot : proof.get(next++);
        long node = old - 1;
        long last = size - 1;
        while ((node & 1) == 1) {
            node >>>= 1;
            last >>>= 1;
        }
        byte[] oldHash = first;
        byte[] hash = first;
        for (; next < proof.size(); next++) {
            byte[] sibling = proof.get(next);
            if (last == 0) return false;
            if ((node & 1) == 1 || node == last) {
                oldHash = node(sha256, sibling, oldHash);
                hash = node(sha256, sibling, hash);
                while ((node & 1) == 0 && node != 0) {
                    node >>>= 1;
                    last >>>= 1;
                }
            } else {
                hash = node(sha256, hash, sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return last == 0 && Arrays.equals(oldHash, oldRoot) && Arrays.equals(hash, root);
    }
}
