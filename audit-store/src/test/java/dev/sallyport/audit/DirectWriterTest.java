package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectWriterTest {
    private static final int FILE_BYTES = 1024 * 1024;

    @TempDir Path folder;

    @Test
    void whatIsAppendedIsThereWhateverItsLengthAndPosition() throws Exception {
        long seed = Long.getLong("sallyport.seed", 20261123);
        Random random = new Random(seed);
        for (int run = 0; run < 20; run++) appendRandomly(random, "seed " + seed + ", run " + run);
    }

    private void appendRandomly(Random random, String what) throws Exception {
        Path path = Files.write(folder.resolve("file"), new byte[FILE_BYTES]);
        byte[] expected = new byte[FILE_BYTES];
        int direct = 0;
        try (FileChannel channel =
                        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
                DirectWriter writer = open(path)) {
            int end = random.nextInt(5_000);
            while (true) {
                byte[] next =
                        new byte[1 + random.nextInt(random.nextInt(8) == 0 ? 200_000 : 3_000)];
                if (end + next.length > FILE_BYTES) break;
                random.nextBytes(next);
                System.arraycopy(next, 0, expected, end, next.length);
                ByteBuffer from = ByteBuffer.wrap(next);
                // What another way has written in between is not lost, either.
                boolean other = random.nextInt(10) == 0 || !writer.write(from, end, channel);
                if (other) channel.write(ByteBuffer.wrap(next), end);
                else direct++;
                assertThat(from.hasRemaining()).as(what).isEqualTo(other);
                end += next.length;
                if (random.nextInt(20) == 0)
                    assertThat(Files.readAllBytes(path)).as(what).isEqualTo(expected);
            }
        }
        assertThat(Files.readAllBytes(path)).as(what).isEqualTo(expected);
        assertThat(direct).isPositive();
    }

    @Test
    void aFileThatEndsWithinABlockIsLeftToOthers() throws Exception {
        byte[] before = new byte[10_000];
        Arrays.fill(before, (byte) 7);
        Path path = Files.write(folder.resolve("file"), before);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
                DirectWriter writer = open(path)) {
            ByteBuffer from = ByteBuffer.wrap(new byte[] {1, 2, 3});
            assertThat(writer.write(from, 9_997, channel)).isFalse();
            assertThat(from.remaining()).isEqualTo(3);
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(before);
    }

    private static DirectWriter open(Path path) throws Exception {
        DirectWriter writer = DirectWriter.open(path, Files.getFileStore(path).getBlockSize());
        Assumptions.assumeTrue(writer != null, "this file system has no direct writes");
        return java.util.Objects.requireNonNull(writer);
    }
}
