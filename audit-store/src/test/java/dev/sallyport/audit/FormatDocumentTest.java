package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.Frame;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.format.Segment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What `docs/audit-format.md` says in figures is so.
class FormatDocumentTest {

    @Test
    void theWorkedExampleIsRight() throws Exception {
        Path here = Path.of("").toAbsolutePath();
        Path root = Files.exists(here.resolve("docs/audit-format.md")) ? here : here.resolve("..");
        String document = Files.readString(root.resolve("docs/audit-format.md"));
        byte[] entry = find(document, "```\n(\\{.*})\n```").getBytes(StandardCharsets.UTF_8);
        assertThat(Entry.parse(entry, 0, entry.length).sequence()).isEqualTo(1);
        assertThat(find(document, "It has (\\d+) bytes")).isEqualTo("" + entry.length);
        assertThat(find(document, "leaf hash is\n`([0-9a-f]{64})`"))
                .isEqualTo(Leaf.hex(new Leaf().hash(entry, 0, entry.length)));
        byte[] frame = new byte[Frame.HEADER_BYTES + entry.length];
        System.arraycopy(entry, 0, frame, Frame.HEADER_BYTES, entry.length);
        Frame.seal(frame, 0, entry.length, Segment.HEADER_BYTES);
        assertThat(find(document, "header is `([0-9a-f ]+)`").replace(" ", ""))
                .isEqualTo(HexFormat.of().formatHex(frame, 0, Frame.HEADER_BYTES));
    }

    @Test
    void everyEventIsNamed() throws Exception {
        Path here = Path.of("").toAbsolutePath();
        Path root = Files.exists(here.resolve("docs/audit-format.md")) ? here : here.resolve("..");
        String document = Files.readString(root.resolve("docs/audit-format.md"));
        for (Class<?> event : AuditEvent.class.getPermittedSubclasses()) {
            String type =
                    event.getSimpleName()
                            .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                            .toLowerCase(java.util.Locale.ROOT);
            assertThat(document).contains("`" + type + "`");
        }
    }

    private static String find(String document, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(document);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }
}
