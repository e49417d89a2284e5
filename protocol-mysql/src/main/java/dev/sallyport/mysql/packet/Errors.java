package dev.sallyport.mysql.packet;

import dev.sallyport.gateway.Denial;
import java.nio.charset.StandardCharsets;

/// The one table from the core's reasons, which are SQLSTATEs as PostgreSQL has them, to MySQL's
/// numbers and states; and what fits into the one field of text that a client shows.
public final class Errors {
    public static final int MALFORMED_PACKET = 1835;
    public static final int SECURE_TRANSPORT_REQUIRED = 3159;
    public static final int UNKNOWN_COMMAND = 1047;
    public static final int NO_SUCH_THREAD = 1094;
    public static final int UNKNOWN_STATEMENT = 1243;

    /// MYSQL_ERRMSG_SIZE of the client library is 512, its NUL included.
    private static final int MAX_MESSAGE_BYTES = 511;

    private static final int ACCESS_DENIED_TO_COLUMN = 1143;

    private Errors() {}

    /// A malformed packet, or one out of turn.
    public static ErrPacket of(ProtocolViolation violation) {
        return new ErrPacket(
                MALFORMED_PACKET, "HY000", cut("sallyport: " + violation.getMessage()));
    }

    public static ErrPacket of(Denial denial) {
        return switch (denial.sqlState()) {
            // Not permitted: ER_TABLEACCESS_DENIED_ERROR, ER_COLUMNACCESS_DENIED_ERROR.
            case "42501" ->
                    denial.message().startsWith("sallyport: column ")
                            ? error(ACCESS_DENIED_TO_COLUMN, "42000", denial)
                            : error(1142, "42000", denial);
            case "42601" -> error(1064, "42000", denial);
            case "42P01" -> error(1146, "42S02", denial);
            case "42703" -> error(1054, "42S22", denial);
            case "42702" -> error(1052, "23000", denial);
            case "42883" -> error(1305, "42000", denial);
            case "3F000", "3D000" -> error(1049, "42000", denial);
            case "0A000" -> error(1235, "42000", denial);
            case "54000", "54001" -> error(1153, "08S01", denial);
            case "22021" -> error(1300, "HY000", denial);
            case "26000", "34000" -> error(UNKNOWN_STATEMENT, "HY000", denial);
            case "53300" -> error(1040, "08004", denial);
            case "57P01" -> error(1053, "08S01", denial);
            case "28P01", "28000" -> error(1045, "28000", denial);
            // A limit: ER_USER_LIMIT_REACHED.
            case "53400" -> error(1226, "42000", denial);
            case "57014" -> error(1317, "70100", denial);
            // Of the connection to the database, ER_CONNECT_TO_FOREIGN_DATA_SOURCE's neighbours say
            // too much: 1105 is the server's own "unknown error".
            default -> error(1105, "HY000", denial);
        };
    }

    /// With the number that a login refused for want of a right on the database has.
    public static ErrPacket ofDatabase(Denial denial) {
        return denial.sqlState().equals("42501") ? error(1044, "42000", denial) : of(denial);
    }

    public static ErrPacket error(int code, String sqlState, Denial denial) {
        return new ErrPacket(code, sqlState, text(denial));
    }

    /// Message, detail and hint in one line; where that is too much, less of what was refused, then
    /// of the hint.
    private static String text(Denial denial) {
        String message =
                denial.position() > 0
                        ? denial.message() + " (at character " + denial.position() + ")"
                        : denial.message();
        String all = join(message, denial.detail(), denial.hint());
        if (bytes(all) <= MAX_MESSAGE_BYTES) return all;
        int rule = denial.detail().indexOf("By rule:");
        String detail = rule > 0 ? denial.detail().substring(rule) : denial.detail();
        return cut(join(message, detail, denial.hint()));
    }

    private static String join(String message, String detail, String hint) {
        var text = new StringBuilder(message);
        if (!detail.isEmpty()) text.append(message.endsWith(".") ? " " : ". ").append(detail);
        if (!hint.isEmpty())
            text.append(text.charAt(text.length() - 1) == '.' ? " " : ". ")
                    .append("Hint: ")
                    .append(hint);
        return text.toString();
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String cut(String text) {
        if (bytes(text) <= MAX_MESSAGE_BYTES) return text;
        int end = text.length();
        while (bytes(text.substring(0, end)) > MAX_MESSAGE_BYTES - 3) end--;
        if (Character.isHighSurrogate(text.charAt(end - 1))) end--;
        return text.substring(0, end) + "...";
    }
}
