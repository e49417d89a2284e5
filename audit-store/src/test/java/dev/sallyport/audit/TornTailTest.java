package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.format.Head;
import dev.sallyport.audit.verify.LogVerifier;
import dev.sallyport.audit.verify.VerifyResult;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// A crash may leave any part of the last batch, and of that batch only.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TornTailTest {
    private static final AuditOptions SMALL =
            AuditOptions.DEFAULTS
                    .withSegmentBytes(128 * 1024)
                    .withQueueBytes(1024 * 1024)
                    .withHeartbeat(Duration.ZERO);
    private static final int ACKNOWLEDGED = 4;
    private static final int WRITTEN = 7;

    @TempDir Path folder;
    private Store whole = new Store(java.util.Map.of());
    private List<Store.Place> places = List.of();
    private String segment = "";

    @BeforeAll
    void writeABatchThatNobodyAcknowledged() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        AuditLog log = open(disk);
        for (int i = 1; i <= ACKNOWLEDGED; i++) log.append(Events.intent("s", i));
        log.step(0);
        byte[] headBefore = disk.now().get(Head.FILE_NAME);
        for (int i = ACKNOWLEDGED + 1; i <= WRITTEN; i++) log.append(Events.intent("s", i));
        log.step(0);
        whole = new Store(disk.now());
        if (headBefore != null) whole.files.put(Head.FILE_NAME, headBefore);
        places = whole.places();
        segment = places.getFirst().segment();
    }

    private static AuditLog open(SimulatedDisk disk) throws AuditException {
        return new AuditLog(disk, "torn", SMALL, InstantSource.system(), Runnable::run, false);
    }

    @Test
    void atEveryByteTheWholeEntriesStayAndTheRestGoes() throws Exception {
        Random random = new Random(7);
        int begin = places.get(ACKNOWLEDGED).offset();
        int end = places.get(WRITTEN - 1).end();
        for (int cut = begin; cut <= end; cut++) {
            int at = cut;
            long kept = places.stream().filter(place -> place.end() <= at).count();
            Store torn = whole.copy();
            byte[] bytes = torn.bytes(segment);
            switch (random.nextInt(3)) {
                case 0 -> Arrays.fill(bytes, cut, bytes.length, (byte) 0);
                case 1 -> torn.files.put(segment, Arrays.copyOf(bytes, cut));
                default -> {
                    Arrays.fill(bytes, cut, bytes.length, (byte) 0);
                    for (int i = cut; i < end; i++) bytes[i] = (byte) random.nextInt();
                }
            }
            if (cut % 41 == 0) {
                VerifyResult result = LogVerifier.verify(torn.write(folder.resolve("torn")));
                assertThat(result.outcome()).isIn(Outcome.TORN_TAIL, Outcome.SOUND);
                assertThat(result.entries()).isEqualTo(kept);
            }
            SimulatedDisk disk = new SimulatedDisk(torn.files);
            open(disk).close();
            Store recovered = new Store(disk.now());
            // What was kept, `recovered`, an unknown outcome for each intent.
            assertThat(recovered.places()).as("cut at %d", cut).hasSize((int) (1 + 2 * kept));
            assertThat(recovered.entry(kept + 1))
                    .contains("\"type\":\"recovered\"")
                    .contains("\"lastSequence\":" + kept);
            if (cut % 41 == 0)
                assertThat(LogVerifier.verify(recovered.write(folder.resolve("r"))).outcome())
                        .isEqualTo(Outcome.SOUND);
        }
    }

    @Test
    void tornSectorsBeforeWholeFramesOfTheSameBatchAreTorn() throws Exception {
        Store torn = whole.copy();
        Store.Place place = places.get(ACKNOWLEDGED);
        Arrays.fill(torn.bytes(segment), place.offset() + 40, place.end(), (byte) 0);
        VerifyResult result = LogVerifier.verify(torn.write(folder.resolve("sector")));
        assertThat(result.outcome()).isEqualTo(Outcome.TORN_TAIL);
        assertThat(result.badSequence()).isEqualTo(ACKNOWLEDGED + 1);
        Arrays.fill(torn.bytes(segment), place.offset(), place.end(), (byte) 0);
        assertThat(LogVerifier.verify(torn.write(folder.resolve("sector"))).outcome())
                .isEqualTo(Outcome.TORN_TAIL);
        SimulatedDisk disk = new SimulatedDisk(torn.files);
        open(disk).close();
        Store recovered = new Store(disk.now());
        long dropped = places.get(WRITTEN - 1).end() - place.offset();
        assertThat(recovered.entry(ACKNOWLEDGED + 1)).contains("\"droppedBytes\":" + dropped);
    }

    @Test
    void aTornFrameBeforeALaterBatchIsNotTorn() throws Exception {
        // Without the head's help: as if it had never been rewritten.
        Store torn = whole.copy();
        torn.head(new Head(1, 0, new byte[32], false));
        Store.Place place = places.get(1);
        torn.bytes(segment)[place.offset() + 40] ^= 1;
        VerifyResult result = LogVerifier.verify(torn.write(folder.resolve("later")));
        assertThat(result.outcome()).isEqualTo(Outcome.ALTERED);
        assertThat(result.badSequence()).isEqualTo(2);
        assertThat(result.offset()).isEqualTo(place.offset());
        assertThat(result.reason()).contains("later entries follow");
    }

    @Test
    void aTornFrameThatTheHeadTellsOfIsNotTorn() throws Exception {
        Store torn = whole.copy();
        torn.head(new Head(1, WRITTEN, whole.leafHash(WRITTEN), false));
        torn.bytes(segment)[places.get(WRITTEN - 1).offset() + 40] ^= 1;
        VerifyResult result = LogVerifier.verify(torn.write(folder.resolve("head")));
        assertThat(result.outcome()).isEqualTo(Outcome.ALTERED);
        assertThat(result.badSequence()).isEqualTo(WRITTEN);
        assertThat(result.reason()).contains("acknowledged");
    }
}
