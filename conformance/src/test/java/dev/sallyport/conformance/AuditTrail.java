package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.sealed.AuditorKey;
import dev.sallyport.audit.sealed.PartOpener;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.audit.verify.LogVerifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A store's entries, read back as a test wants them.
///
/// @param opened what was sealed, by sequence, where the auditor's key lies beside the store
record AuditTrail(List<Entry> entries, Map<Long, Map<String, Object>> opened) {
    static final String KEY_FILE = "auditor.seal-key";

    static AuditTrail of(Path store) throws AuditException, IOException {
        var entries = new ArrayList<Entry>();
        var opened = new TreeMap<Long, Map<String, Object>>();
        var key = store.resolveSibling(KEY_FILE);
        try (var reader = LogReader.open(store, 1)) {
            var opener = Files.exists(key) ? new PartOpener(AuditorKey.read(key)) : null;
            for (var entry = reader.next(); entry != null; entry = reader.next()) {
                entries.add(entry);
                if (opener == null) continue;
                opener.follow(entry);
                if (PartOpener.keyOf(entry).isPresent())
                    opened.put(entry.sequence(), opener.open(entry));
            }
        } catch (FormatException e) {
            throw new AssertionError(e);
        }
        return new AuditTrail(entries, opened);
    }

    Map<String, Object> opened(Entry entry) {
        return opened.getOrDefault(entry.sequence(), Map.of());
    }

    List<Entry> ofType(String type) {
        return entries.stream().filter(e -> e.type().equals(type)).toList();
    }

    /// The session whose client called itself so.
    String sessionOf(String applicationName) {
        return ofType("session-started").stream()
                .filter(e ->
                        e.text("applicationName").equals(applicationName)
                                || applicationName.equals(opened(e).get("applicationName")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no session of " + applicationName))
                .text("session");
    }

    List<Entry> ofSession(String session, String type) {
        return ofType(type).stream().filter(e -> e.text("session").equals(session)).toList();
    }

    static void isSound(Path store) {
        var result = LogVerifier.verify(store);
        assertThat(result.exitCode()).as(result.describe()).isZero();
    }

    /// No file of the store holds any of these texts, in UTF-8.
    static void holdsNone(Path store, List<String> secrets) throws IOException {
        try (Stream<Path> files = Files.walk(store)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                for (var secret : secrets) {
                    var raw =
                            new String(
                                    secret.getBytes(StandardCharsets.UTF_8),
                                    StandardCharsets.ISO_8859_1);
                    assertThat(bytes.contains(raw)).as("%s holds %s", file, secret).isFalse();
                }
            }
        }
    }
}
