package dev.sallyport.audit.export;

import dev.sallyport.audit.format.Entry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// One message of RFC 5424, framed by its length in octets as RFC 5425 4.3 has it.
///
/// Facility 13 (log audit), severity notice or informational; MSGID is the entry's type. The
/// structured data has the sequence and the leaf hash; their SD-ID ends in the enterprise number
/// that RFC 5612 reserves for documentation, as Sallyport has none.
final class SyslogFrame {
    private static final int FACILITY = 13;
    private static final int NOTICE = 5;
    private static final int INFORMATIONAL = 6;
    private static final String SD_ID = "sallyport@32473";

    /// RFC 5424 6: HOSTNAME and MSGID.
    private static final int MAX_HOST_CHARS = 255;

    private static final int MAX_MSGID_CHARS = 32;

    private SyslogFrame() {}

    static byte[] of(Exported exported, byte[] message) {
        Entry entry = exported.entry();
        int severity = entry.text("decision").equals("deny") ? NOTICE : INFORMATIONAL;
        String header =
                "<"
                        + (FACILITY * 8 + severity)
                        + ">1 "
                        + entry.time()
                        + " "
                        + name(entry.writer(), MAX_HOST_CHARS)
                        + " sallyport - "
                        + name(entry.type(), MAX_MSGID_CHARS)
                        + " ["
                        + SD_ID
                        + " sequence=\""
                        + entry.sequence()
                        + "\" leafHash=\""
                        + exported.leafHash()
                        + "\"] \uFEFF";
        byte[] head = header.getBytes(StandardCharsets.UTF_8);
        byte[] length = ((head.length + message.length) + " ").getBytes(StandardCharsets.US_ASCII);
        var out = new ByteArrayOutputStream(length.length + head.length + message.length);
        out.writeBytes(length);
        out.writeBytes(head);
        out.writeBytes(message);
        return out.toByteArray();
    }

    /// PRINTUSASCII; the nil value when nothing is left.
    private static String name(String text, int most) {
        String printable = text.replaceAll("[^!-~]", "");
        if (printable.isEmpty()) return "-";
        return printable.length() <= most ? printable : printable.substring(0, most);
    }
}
