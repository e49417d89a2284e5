package dev.sallyport.audit.note;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.note.VerifierKey.Use;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoteTest {
    @TempDir Path folder;

    /// The example of C2SP signed-note.
    private static final String EXAMPLE_KEY =
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    private static final String EXAMPLE =
            """
            This is an example message.

            — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
            """;

    @Test
    void theSpecificationsExampleVerifies() throws Exception {
        Note note = Note.parse(utf8(EXAMPLE));
        VerifierKey key = VerifierKey.parse(EXAMPLE_KEY);
        assertThat(note.verify(key)).isEqualTo(Note.Verdict.SIGNED);
        assertThat(note.bytes()).isEqualTo(utf8(EXAMPLE));
        Note changed = Note.parse(utf8(EXAMPLE.replace("example message", "example massage")));
        assertThat(changed.verify(key)).isEqualTo(Note.Verdict.FORGED);
        VerifierKey other = SigningKey.generate("example.com/foo", Use.NOTE).verifier();
        assertThat(note.verify(other)).isEqualTo(Note.Verdict.NOT_SIGNED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text\n",
                "text\n\n",
                "text\n\n— a b\n",
                "text\n\n— a AAAAAA==",
                "te\u0001xt\n\n— a AAAAAAAA\n",
                "text\n\n- a AAAAAAAA\n",
                "text\n\n— a+b AAAAAAAA\n"
            })
    void whatIsNoNoteIsRefused(String text) {
        assertThatThrownBy(() -> Note.parse(utf8(text))).isInstanceOf(FormatException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "o\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
                "o\n1\nAAAA\n",
                "o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nextension\n",
                "o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
                "1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
            })
    void whatIsNoCheckpointIsRefused(String text) {
        Note note = Note.sign(text, SigningKey.generate("o", Use.NOTE));
        assertThatThrownBy(() -> Checkpoint.parse(note.bytes()))
                .isInstanceOf(FormatException.class);
    }

    @Test
    void cosignaturesAreOfTheWitness() throws Exception {
        SigningKey log = SigningKey.generate("log.example", Use.NOTE);
        SigningKey witness = SigningKey.generate("witness.example", Use.COSIGNATURE);
        Checkpoint checkpoint = Checkpoint.sign("log.example", 7, new byte[32], log);
        Note.Line line = checkpoint.note().cosign(witness, 1_679_315_147);
        assertThat(checkpoint.note().cosignedAt(witness.verifier(), line)).hasValue(1_679_315_147);
        Note both = new Note(checkpoint.note().text(), List.of(line));
        assertThat(both.verify(witness.verifier())).isEqualTo(Note.Verdict.SIGNED);
        assertThat(both.verify(log.verifier())).isEqualTo(Note.Verdict.NOT_SIGNED);
        line.blob()[6] ^= 1;
        assertThat(both.verify(witness.verifier())).isEqualTo(Note.Verdict.FORGED);
    }

    @Test
    void keysSurviveTheirFile() throws Exception {
        Path file = folder.resolve("log.key");
        SigningKey first = KeyFile.create(file, "log.example", Use.NOTE);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        SigningKey second = KeyFile.rotate(file);
        List<SigningKey> read = KeyFile.read(file);
        assertThat(read.stream().map(SigningKey::verifier))
                .containsExactly(second.verifier(), first.verifier());
        assertThat(VerifierKey.parse(first.verifier().toString())).isEqualTo(first.verifier());
        assertThat(first.toString()).doesNotContain("PRIVATE");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> KeyFile.read(file)).isInstanceOf(FormatException.class);
    }

    @Test
    void aNewKeyNeedsTheOldOne() throws Exception {
        SigningKey old = SigningKey.generate("log.example", Use.NOTE);
        SigningKey next = SigningKey.generate("log.example", Use.NOTE);
        SigningKey thief = SigningKey.generate("log.example", Use.NOTE);
        String inForce = old.verifier().toString();
        KeyChange change = KeyChange.vouched(old, next.verifier());
        assertThat(change.check("log.example", inForce)).isEqualTo(next.verifier());
        assertThatThrownBy(() -> change.check("other.example", inForce))
                .isInstanceOf(FormatException.class);
        assertThatThrownBy(() -> change.check("log.example", ""))
                .isInstanceOf(FormatException.class);
        KeyChange forged = new KeyChange(thief.verifier().toString(), inForce, change.signature());
        assertThatThrownBy(() -> forged.check("log.example", inForce))
                .isInstanceOf(FormatException.class);
        assertThatThrownBy(() -> KeyChange.first(thief.verifier()).check("log.example", inForce))
                .isInstanceOf(FormatException.class);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
