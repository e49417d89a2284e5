package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.audit.verify.LogVerifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A store's entries, read back as a test wants them.
record AuditTrail(List<Entry> entries) {

    static AuditTrail of(Path store) throws AuditException, IOException {
        var entries = new ArrayList<Entry>();
        try (var reader = LogReader.open(store, 1)) {
            for (var entry = reader.next(); entry != null; entry = reader.next())
                entries.add(entry);
        }
        return new AuditTrail(entries);
    }

    List<Entry> ofType(String type) {
        return entries.stream().filter(e -> e.type().equals(type)).toList();
    }

    /// The session whose client called itself so.
    String sessionOf(String applicationName) {
        return ofType("session-started").stream()
                .filter(e -> e.text("applicationName").equals(applicationName))
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
