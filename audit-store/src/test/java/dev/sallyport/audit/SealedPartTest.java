package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.JsonReader;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.sealed.AuditorKey;
import dev.sallyport.audit.sealed.PartOpener;
import dev.sallyport.audit.sealed.Recipient;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.audit.verify.Evidence;
import dev.sallyport.audit.verify.LogVerifier;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.KEM;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What only auditors may read: who can, who can't, and what doesn't open any more.
class SealedPartTest {
    private static final AuditOptions SMALL =
            AuditOptions.DEFAULTS
                    .withSegmentBytes(256 * 1024)
                    .withQueueBytes(1024 * 1024)
                    .withHeartbeat(Duration.ZERO);

    private static final String SECRET = "SELECT * FROM patients WHERE ssn = '078-05-1120'";

    @TempDir Path folder;
    private Path store = Path.of("");
    private AuditorKey maria;
    private AuditorKey jonas;

    @BeforeEach
    void makeKeys() throws Exception {
        store = folder.resolve("audit");
        maria = AuditorKey.create(folder.resolve("maria.key"), "maria@clinic.example");
        jonas = AuditorKey.create(folder.resolve("jonas.key"), "jonas");
    }

    private AuditLog open(AuditorKey... to) throws AuditException {
        return AuditLog.openSealed(
                store,
                "sealed",
                SMALL,
                folder.resolve("audit.key"),
                Stream.of(to).map(AuditorKey::recipient).toList());
    }

    private static void append(AuditLog log, long statement, Confidential part) throws Exception {
        log.commit(Events.denied("s", statement), part).get(20, TimeUnit.SECONDS);
    }

    private List<Entry> entries() throws Exception {
        List<Entry> entries = new ArrayList<>();
        try (LogReader reader = LogReader.open(store, 1)) {
            for (Entry e = reader.next(); e != null; e = reader.next()) entries.add(e);
        }
        return entries;
    }

    /// The sealed parts that this key opens, by sequence.
    private Map<Long, Map<String, Object>> opened(AuditorKey key) throws Exception {
        Map<Long, Map<String, Object>> opened = new java.util.TreeMap<>();
        PartOpener opener = new PartOpener(key);
        for (Entry entry : entries()) {
            opener.follow(entry);
            if (PartOpener.keyOf(entry).isPresent())
                opened.put(entry.sequence(), opener.open(entry));
        }
        return opened;
    }

    private void isSound() throws Exception {
        var result = LogVerifier.verify(store);
        assertThat(result.outcome()).as(result.describe()).isEqualTo(Outcome.SOUND);
        Python.agrees(store, Evidence.NONE, Outcome.SOUND);
    }

    private String bytesOfTheStore() throws IOException {
        var all = new ByteArrayOutputStream();
        try (Stream<Path> files = Files.walk(store)) {
            for (Path file : files.filter(Files::isRegularFile).toList())
                all.write(Files.readAllBytes(file));
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void everyRecipientOpensItAndNobodyElse() throws Exception {
        try (AuditLog log = open(maria, jonas)) {
            append(log, 1, Confidential.sql(SECRET));
            append(
                    log,
                    2,
                    Confidential.statement(
                            "",
                            List.of(
                                    new Confidential.Parameter.Text("Ä42"),
                                    new Confidential.Parameter.Binary(new byte[] {0, 0, 0, 42}),
                                    new Confidential.Parameter.Null(),
                                    new Confidential.Parameter.Passed(1L << 30))));
        }
        assertThat(bytesOfTheStore()).doesNotContain("078-05").doesNotContain("Ä42");
        for (AuditorKey key : List.of(maria, jonas))
            assertThat(opened(key).values())
                    .containsExactly(
                            Map.of("sql", SECRET),
                            Map.of(
                                    "parameters",
                                    List.of(
                                            "Ä42",
                                            Map.of("binary", "AAAAKg=="),
                                            Map.of("null", true),
                                            Map.of("passed", true, "bytes", 1L << 30))));
        AuditorKey stranger = AuditorKey.create(folder.resolve("stranger.key"), "stranger");
        assertThatThrownBy(() -> opened(stranger))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("is not sealed to this key (seal:stranger:");
        // A key of the same name is another key.
        AuditorKey other = AuditorKey.create(folder.resolve("other.key"), "jonas");
        assertThatThrownBy(() -> opened(other)).isInstanceOf(AuditException.class);
        isSound();
    }

    @Test
    void withoutRecipientsNothingOfItIsKept() throws Exception {
        try (AuditLog log = open()) {
            assertThat(log.sealsParts()).isFalse();
            append(log, 1, Confidential.sql(SECRET));
        }
        assertThat(entries().toString()).doesNotContain("sealed=").doesNotContain("seal-key");
    }

    @Test
    void everyOpeningHasANewSecretAndRecipientsMayChange() throws Exception {
        try (AuditLog log = open(maria)) {
            append(log, 1, Confidential.sql("first"));
        }
        try (AuditLog log = open(maria, jonas)) {
            append(log, 2, Confidential.sql("second"));
        }
        assertThat(opened(maria).values())
                .containsExactly(Map.of("sql", "first"), Map.of("sql", "second"));
        assertThatThrownBy(() -> opened(jonas)).isInstanceOf(AuditException.class);
        Set<String> keys = new HashSet<>();
        for (Entry entry : entries()) PartOpener.keyOf(entry).ifPresent(keys::add);
        assertThat(keys).hasSize(2);
        isSound();
    }

    @Test
    void aSecretIsReplacedWhileTheLogIsWritten() throws Exception {
        var sealer = new PartSealer("sealed", List.of(maria.recipient()));
        try (AuditLog log =
                new AuditLog(
                        new DiskStorage(store),
                        "sealed",
                        SMALL,
                        InstantSource.system(),
                        Runnable::run,
                        true,
                        null,
                        sealer)) {
            for (int i = 1; i <= 40; i++) {
                append(log, i, Confidential.sql("statement " + i));
                if (i % 10 == 0) sealer.announce(log::append);
            }
        }
        Set<String> keys = new HashSet<>();
        for (Entry entry : entries()) PartOpener.keyOf(entry).ifPresent(keys::add);
        assertThat(keys).hasSize(4);
        int i = 1;
        for (var part : opened(maria).values())
            assertThat(part).isEqualTo(Map.of("sql", "statement " + i++));
    }

    /// With a right chain, but in another place: the ciphertext is bound to its own.
    @Test
    void aPartThatWasMovedDoesNotOpen() throws Exception {
        try (AuditLog log = open(maria)) {
            append(log, 1, Confidential.sql("the one"));
            append(log, 2, Confidential.sql("another"));
        }
        PartOpener opener = new PartOpener(maria);
        Entry from = null;
        for (Entry entry : entries()) {
            opener.follow(entry);
            if (PartOpener.keyOf(entry).isEmpty()) continue;
            if (from == null) {
                from = entry;
                continue;
            }
            Entry moved =
                    new Entry(
                            entry.epoch(),
                            from.event(),
                            entry.prev(),
                            entry.sequence(),
                            entry.time(),
                            entry.type(),
                            entry.writer());
            assertThatThrownBy(() -> opener.open(moved))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("was not sealed for it");
            Entry ofAnotherLog =
                    new Entry(
                            from.epoch(),
                            from.event(),
                            from.prev(),
                            from.sequence(),
                            from.time(),
                            from.type(),
                            "another");
            assertThatThrownBy(() -> opener.open(ofAnotherLog)).isInstanceOf(AuditException.class);
            assertThat(opener.open(from)).isEqualTo(Map.of("sql", "the one"));
        }
    }

    /// A bit changed anywhere in a sealed part, and chained again by a forger with all keys but the
    /// auditor's: said, not shown as something else.
    @Test
    void aChangedPartDoesNotOpen() throws Exception {
        try (AuditLog log = open(maria)) {
            append(log, 1, Confidential.sql(SECRET));
        }
        PartOpener opener = new PartOpener(maria);
        Entry sealed = null;
        for (Entry entry : entries()) {
            opener.follow(entry);
            if (PartOpener.keyOf(entry).isPresent()) sealed = entry;
        }
        Entry entry = Objects.requireNonNull(sealed);
        byte[] part = Base64.getDecoder().decode(entry.text("sealed"));
        for (int bit = 0; bit < 8 * part.length; bit++) {
            byte[] changed = part.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            var event = new java.util.HashMap<>(entry.event());
            event.put("sealed", Base64.getEncoder().encodeToString(changed));
            Entry altered =
                    new Entry(
                            entry.epoch(),
                            event,
                            entry.prev(),
                            entry.sequence(),
                            entry.time(),
                            entry.type(),
                            entry.writer());
            // The highest bits of the step are not tried: four million steps take a while.
            if (bit / 8 >= 8 && bit / 8 < 10) continue;
            assertThatThrownBy(() -> opener.open(altered))
                    .as("bit %d", bit)
                    .isInstanceOfAny(FormatException.class, AuditException.class);
        }
    }

    @Test
    void longPartsAreCutAndEveryEntryFits() throws Exception {
        String sql = "SELECT '" + "ä\"\n😂x\u0001".repeat(30_000) + "'";
        List<Confidential.Parameter> parameters = new ArrayList<>();
        for (int i = 0; i < 500; i++)
            parameters.add(new Confidential.Parameter.Text("\u0001".repeat(i * 10)));
        var huge =
                new Confidential(
                        sql,
                        parameters,
                        List.of("m".repeat(9000), "never seen"),
                        Map.of("user", "u".repeat(5000)),
                        7);
        try (AuditLog log = open(maria)) {
            append(log, 1, huge);
            // The clear part has to give way as well.
            log.commit(Events.intent("s", 2, "x".repeat(70_000)), huge).get(20, TimeUnit.SECONDS);
            for (int length = 16_000; length < 16_500; length += 7)
                log.commit(
                                Events.intent("s", 3, "x".repeat(3 * length)),
                                Confidential.sql("y".repeat(length)))
                        .get(20, TimeUnit.SECONDS);
        }
        var parts = List.copyOf(opened(maria).values());
        for (var part : parts.subList(0, 2)) {
            assertThat(part).containsEntry("boundBy", 7L);
            assertThat(sql).startsWith((String) part.get("sql"));
            assertThat((String) part.get("sql")).hasSizeGreaterThan(6_000);
            assertThat(JsonReader.object(bytes(part), 0, bytes(part).length)).isEqualTo(part);
            @SuppressWarnings("unchecked")
            var cut = (Map<String, Object>) part.get("cut");
            assertThat(cut).containsOnlyKeys("messages", "parameters", "sql", "user");
            byte[] whole = sql.getBytes(StandardCharsets.UTF_8);
            assertThat(cut)
                    .containsEntry(
                            "sql",
                            Map.of(
                                    "bytes",
                                    (long) whole.length,
                                    "sha256",
                                    Leaf.hex(Leaf.sha256().digest(whole))));
        }
        for (var part : parts.subList(2, parts.size())) {
            boolean cut = part.containsKey("cut");
            assertThat((String) part.get("sql"))
                    .hasSizeLessThanOrEqualTo(Confidential.MAX_SQL_BYTES - 2);
            if (!cut) assertThat((String) part.get("sql")).matches("y{16000,16382}");
        }
        isSound();
    }

    private static byte[] bytes(Map<String, Object> part) {
        return new dev.sallyport.audit.format.JsonWriter(64).value(part).toByteArray();
    }

    /// No record without its sealed part: what can't be sealed is not acknowledged either.
    @Test
    void whatCannotBeSealedIsNotRecordedAndEndsTheLog() throws Exception {
        var broken =
                new PartSealer("sealed", List.of(maria.recipient())) {
                    @Override
                    void seal(byte[] bytes, int room, int filled, long sequence)
                            throws IOException {
                        throw new IOException("a part cannot be sealed: test");
                    }
                };
        try (AuditLog log =
                new AuditLog(
                        new DiskStorage(store),
                        "sealed",
                        SMALL,
                        InstantSource.system(),
                        Runnable::run,
                        true,
                        null,
                        broken)) {
            log.commit(Events.denied("s", 1)).get(20, TimeUnit.SECONDS);
            var refused = log.commit(Events.denied("s", 2), Confidential.sql(SECRET));
            assertThatThrownBy(() -> refused.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(AuditException.class);
            assertThatThrownBy(() -> log.append(Events.denied("s", 3)))
                    .isInstanceOf(AuditException.class);
        }
        assertThat(bytesOfTheStore()).doesNotContain("078-05");
    }

    /// From `docs/audit-format.md` alone and with the JDK's own KEM: neither Tink nor any class of
    /// ours has a say in what these bytes mean.
    @Test
    void whoHasTheFormatDocumentOpensItWithTheJdk() throws Exception {
        try (AuditLog log = open(jonas, maria)) {
            for (int i = 1; i <= 5; i++) append(log, i, Confidential.sql(SECRET + i));
        }
        String line = Files.readAllLines(folder.resolve("maria.key")).getLast();
        byte[] secretKey = Base64.getUrlDecoder().decode(line.split(":")[2]);
        byte[] contentSecret = new byte[0];
        int opened = 0;
        for (Entry entry : entries()) {
            if (entry.type().equals("seal-key")) {
                Map<?, ?> recipients =
                        (Map<?, ?>) Objects.requireNonNull(entry.event().get("recipients"));
                byte[] wrapped =
                        Base64.getDecoder()
                                .decode((String) recipients.get(maria.recipient().toString()));
                byte[] info =
                        ("sallyport seal key v1\nsealed\n" + entry.text("key") + "\n")
                                .getBytes(StandardCharsets.US_ASCII);
                contentSecret = hpkeOpen(secretKey, wrapped, info);
            }
            if (entry.text("sealed").isEmpty()) continue;
            ByteBuffer sealed = ByteBuffer.wrap(Base64.getDecoder().decode(entry.text("sealed")));
            sealed.position(8);
            int step = sealed.getInt();
            byte[] chain = contentSecret;
            for (int i = 0; i < step; i++) chain = hmac(chain, ascii("sallyport next step"));
            byte[] key = hmac(chain, ascii("sallyport sealed part"));
            byte[] nonce = ByteBuffer.allocate(12).putInt(0).putLong(entry.sequence()).array();
            byte[] plain =
                    gcm(
                            key,
                            nonce,
                            concat(ascii("sealed\n"), nonce),
                            Arrays.copyOfRange(sealed.array(), 12, sealed.capacity()));
            opened++;
            assertThat(new String(plain, StandardCharsets.UTF_8))
                    .isEqualTo("{\"sql\":\"" + SECRET + opened + "\"}");
        }
        assertThat(opened).isEqualTo(5);
    }

    /// RFC 9180: DHKEM(X25519, HKDF-SHA256) by the JDK; key schedule of base mode (5.1) here.
    private static byte[] hpkeOpen(byte[] secretKey, byte[] wrapped, byte[] info) throws Exception {
        var privateKey =
                KeyFactory.getInstance("X25519")
                        .generatePrivate(
                                new XECPrivateKeySpec(NamedParameterSpec.X25519, secretKey));
        byte[] shared =
                KEM.getInstance("DHKEM")
                        .newDecapsulator(privateKey)
                        .decapsulate(Arrays.copyOf(wrapped, 32))
                        .getEncoded();
        byte[] suite = concat(ascii("HPKE"), new byte[] {0, 0x20, 0, 1, 0, 2});
        byte[] context =
                concat(
                        new byte[] {0},
                        extract(suite, new byte[0], "psk_id_hash", new byte[0]),
                        extract(suite, new byte[0], "info_hash", info));
        byte[] secret = extract(suite, shared, "secret", new byte[0]);
        byte[] key = expand(suite, secret, "key", context, 32);
        byte[] nonce = expand(suite, secret, "base_nonce", context, 12);
        return gcm(key, nonce, new byte[0], Arrays.copyOfRange(wrapped, 32, wrapped.length));
    }

    private static byte[] extract(byte[] suite, byte[] salt, String label, byte[] material)
            throws Exception {
        byte[] key = salt.length == 0 ? new byte[32] : salt;
        return hmac(key, concat(ascii("HPKE-v1"), suite, ascii(label), material));
    }

    private static byte[] expand(byte[] suite, byte[] key, String label, byte[] info, int length)
            throws Exception {
        byte[] length2 = {0, (byte) length};
        byte[] first = concat(length2, ascii("HPKE-v1"), suite, ascii(label), info, new byte[] {1});
        return Arrays.copyOf(hmac(key, first), length);
    }

    private static byte[] gcm(byte[] key, byte[] nonce, byte[] associated, byte[] sealed)
            throws Exception {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(key, "AES"),
                new GCMParameterSpec(128, nonce));
        cipher.updateAAD(associated);
        return cipher.doFinal(sealed);
    }

    private static byte[] hmac(byte[] key, byte[] data) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(data);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] concat(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) all.writeBytes(part);
        return all.toByteArray();
    }

    @Test
    void onlyRealKeysAreRecipients() throws Exception {
        String good = maria.recipient().toString();
        assertThat(Recipient.parse(good)).isEqualTo(maria.recipient()).hasToString(good);
        for (String bad :
                List.of(
                        "",
                        "seal:x",
                        good + "A",
                        good.substring(0, good.length() - 1),
                        good.replace("seal:maria", "seal:ma ria"),
                        "seal-private:" + good.substring(5),
                        // Points of small order, on which every secret would be the same.
                        "seal:zero:" + "A".repeat(43),
                        "seal:one:AQ" + "A".repeat(41)))
            assertThatThrownBy(() -> Recipient.parse(bad))
                    .as(bad)
                    .isInstanceOf(FormatException.class);
        // The same key in another spelling.
        String last = good.substring(good.length() - 1);
        String twin = good.substring(0, good.length() - 1) + (char) (last.charAt(0) + 1);
        assertThatThrownBy(() -> Recipient.parse(twin)).isInstanceOf(FormatException.class);
    }

    @Test
    void anAuditorsKeyIsWrittenOnceAndReadBack() throws Exception {
        Path file = folder.resolve("maria.key");
        assertThat(AuditorKey.read(file).recipient()).isEqualTo(maria.recipient());
        assertThatThrownBy(() -> AuditorKey.create(file, "maria"))
                .isInstanceOf(java.nio.file.FileAlreadyExistsException.class);
        assertThat(maria).asString().doesNotContain("private");
        Files.setPosixFilePermissions(
                file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> AuditorKey.read(file)).hasMessageContaining("chmod 600");
    }
}
