package dev.sallyport.audit.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.format.Leaf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MerkleTest {
    /// The leaves of the reference tree in certificate-transparency's merkletree tests (Apache
    /// 2.0), and the roots over the first 1, 2, ... of them.
    private static final List<String> LEAVES =
            List.of(
                    "",
                    "00",
                    "10",
                    "2021",
                    "3031",
                    "40414243",
                    "5051525354555657",
                    "606162636465666768696a6b6c6d6e6f");

    private static final List<String> ROOTS =
            List.of(
                    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

    @TempDir Path folder;

    @Test
    void rootsAreTheReferences() {
        assertThat(Leaf.hex(Merkle.emptyRoot()))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        TreeBuilder tree = new TreeBuilder();
        assertThat(tree.root()).isEqualTo(Merkle.emptyRoot());
        for (int i = 0; i < LEAVES.size(); i++) {
            byte[] leaf = HexFormat.of().parseHex(LEAVES.get(i));
            tree.append(new Leaf().hash(leaf, 0, leaf.length));
            assertThat(Leaf.hex(tree.root())).as("root of %d", i + 1).isEqualTo(ROOTS.get(i));
        }
    }

    /// RFC 6962 2.1.3's example: the tree of seven leaves.
    @Test
    void proofsAreTheExamples() throws Exception {
        List<byte[]> leaves = leaves(7);
        byte[][] level1 = new byte[3][];
        for (int i = 0; i < 3; i++) level1[i] = pair(leaves.get(2 * i), leaves.get(2 * i + 1));
        byte[] k = pair(level1[0], level1[1]);
        byte[] l = pair(level1[2], leaves.get(6));
        Merkle.Nodes<IOException> nodes = tiles(leaves);
        byte[] a = leaves.get(0);
        byte[] b = leaves.get(1);
        assertThat(Merkle.inclusion(nodes, 0, 7)).containsExactly(b, level1[1], l);
        assertThat(Merkle.inclusion(nodes, 3, 7)).containsExactly(leaves.get(2), level1[0], l);
        assertThat(Merkle.inclusion(nodes, 4, 7)).containsExactly(leaves.get(5), leaves.get(6), k);
        assertThat(Merkle.inclusion(nodes, 6, 7)).containsExactly(level1[2], k);
        assertThat(Merkle.consistency(nodes, 3, 7))
                .containsExactly(leaves.get(2), leaves.get(3), level1[0], l);
        assertThat(Merkle.consistency(nodes, 4, 7)).containsExactly(l);
        assertThat(Merkle.consistency(nodes, 6, 7)).containsExactly(level1[2], leaves.get(6), k);
        assertThat(a).isNotNull();
    }

    /// Every pair of sizes around the corners of tiles: proofs from tiles verify, and nothing else
    /// does.
    @Test
    void proofsFromTilesVerify() throws Exception {
        int[] sizes = {
            1, 2, 3, 7, 8, 200, 255, 256, 257, 300, 511, 512, 513, 65_535, 65_536, 65_800
        };
        List<byte[]> leaves = leaves(65_800);
        Random random = new Random(6962);
        List<byte[]> roots = new ArrayList<>();
        TreeBuilder tree = new TreeBuilder();
        for (int size : sizes) {
            while (tree.size() < size) append(tree, leaves.get((int) tree.size()));
            for (Tile tile : tree.partial()) write(tile, tree.hashes(tile.level(), tile.width()));
            TileReader nodes = new TileReader(folder, size);
            byte[] root = tree.root();
            roots.add(root);
            assertThat(Merkle.root(nodes, size)).isEqualTo(root);
            for (long index : new long[] {0, size / 3, size - 1, random.nextInt(size)}) {
                List<byte[]> path = Merkle.inclusion(nodes, index, size);
                byte[] leaf = leaves.get((int) index);
                assertThat(Merkle.isIncluded(leaf, index, size, path, root)).isTrue();
                assertThat(Merkle.isIncluded(leaf, index + 1, size, path, root)).isFalse();
                assertThat(Merkle.isIncluded(root, index, size, path, root)).isEqualTo(size == 1);
                if (path.isEmpty()) continue;
                assertThat(Merkle.isIncluded(leaf, index, size, path.subList(1, path.size()), root))
                        .isFalse();
                path.get(random.nextInt(path.size()))[5] ^= 1;
                assertThat(Merkle.isIncluded(leaf, index, size, path, root)).isFalse();
            }
            for (int i = 0; i < roots.size(); i++) {
                long old = sizes[i];
                List<byte[]> proof = Merkle.consistency(nodes, old, size);
                byte[] oldRoot = roots.get(i);
                assertThat(Merkle.isConsistent(old, oldRoot, size, root, proof))
                        .as("%d to %d", old, size)
                        .isTrue();
                if (old == size) continue;
                assertThat(Merkle.isConsistent(old, root, size, root, proof)).isFalse();
                assertThat(Merkle.isConsistent(old, oldRoot, size, oldRoot, proof)).isFalse();
                assertThat(Merkle.isConsistent(old, oldRoot, size, root, List.of())).isFalse();
                proof.get(random.nextInt(proof.size()))[7] ^= 1;
                assertThat(Merkle.isConsistent(old, oldRoot, size, root, proof)).isFalse();
            }
        }
    }

    @Test
    void aTreeGoesOnFromItsRightEdge() {
        List<byte[]> leaves = leaves(65_900);
        for (int cut : new int[] {1, 255, 256, 257, 65_535, 65_536, 65_800}) {
            TreeBuilder whole = new TreeBuilder();
            for (byte[] leaf : leaves.subList(0, cut)) whole.append(leaf);
            List<byte[]> edge = new ArrayList<>();
            for (Tile tile : whole.partial()) edge.add(whole.hashes(tile.level(), tile.width()));
            TreeBuilder again = TreeBuilder.of(cut, whole.partial(), edge);
            assertThat(again.root()).as("cut at %d", cut).isEqualTo(whole.root());
            for (byte[] leaf : leaves.subList(cut, leaves.size())) {
                whole.append(leaf);
                again.append(leaf);
            }
            assertThat(again.root()).as("from %d on", cut).isEqualTo(whole.root());
        }
    }

    /// The examples of C2SP tlog-tiles.
    @Test
    void tilesAreWhereTheSpecificationHasThem() {
        assertThat(new Tile(0, 1_234_067, 256).path()).isEqualTo("tile/0/x001/x234/067");
        assertThat(TreeBuilder.partial(70_000))
                .containsExactly(new Tile(0, 273, 112), new Tile(1, 1, 17), new Tile(2, 0, 1));
        assertThat(TreeBuilder.partial(256)).containsExactly(new Tile(1, 0, 1));
        for (Tile tile : List.of(new Tile(0, 0, 256), new Tile(2, 7_000_123, 17)))
            assertThat(Tile.parse(tile.path())).contains(tile);
        for (String wrong :
                List.of(
                        "tile/0/0",
                        "tile/00/000",
                        "tile/0/x000/001",
                        "tile/0/000.p/0",
                        "tile/0/000.p/256",
                        "tile/0/000.p/07",
                        "tile/7/000",
                        "tile/entries/000")) assertThat(Tile.parse(wrong)).as(wrong).isEmpty();
    }

    private void append(TreeBuilder tree, byte[] leaf) throws IOException {
        for (TreeBuilder.Full full : tree.append(leaf)) write(full.tile(), full.hashes());
    }

    private void write(Tile tile, byte[] hashes) throws IOException {
        Path file = folder.resolve(tile.path());
        Files.createDirectories(file.resolveSibling("."));
        Files.write(file, hashes);
    }

    private Merkle.Nodes<IOException> tiles(List<byte[]> leaves) throws IOException {
        TreeBuilder tree = new TreeBuilder();
        for (byte[] leaf : leaves) append(tree, leaf);
        for (Tile tile : tree.partial()) write(tile, tree.hashes(tile.level(), tile.width()));
        return new TileReader(folder, leaves.size());
    }

    private static byte[] pair(byte[] left, byte[] right) {
        return Merkle.node(Leaf.sha256(), left, right);
    }

    private static List<byte[]> leaves(int count) {
        List<byte[]> leaves = new ArrayList<>();
        Leaf leaf = new Leaf();
        for (int i = 0; i < count; i++) {
            byte[] entry = Leaf.ascii("entry " + i);
            leaves.add(leaf.hash(entry, 0, entry.length));
        }
        return leaves;
    }
}
