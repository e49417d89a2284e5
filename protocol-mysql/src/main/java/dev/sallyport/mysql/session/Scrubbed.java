package dev.sallyport.mysql.session;

import dev.sallyport.mysql.packet.ErrPacket;
import java.util.regex.Pattern;

/// What of a server's errors the person is told.
final class Scrubbed {
    /// As in `Access denied for user 'gw'@'localhost' to database 'x'`.
    private static final Pattern ACCOUNT = Pattern.compile("user '[^']*'@'[^']*'");

    private Scrubbed() {}

    /// A server that denies something names its account, which is the gateway's: nobody should look
    /// for that name among people.
    static ErrPacket account(ErrPacket error) {
        var matcher = ACCOUNT.matcher(error.message());
        if (!matcher.find()) return error;
        return new ErrPacket(
                error.code(), error.sqlState(), matcher.replaceAll("the gateway's own user"));
    }

    /// An error of a statement that touches what is masked or filtered for the person: a server's
    /// message can quote any value.
    static ErrPacket governed(ErrPacket error) {
        return new ErrPacket(
                error.code(),
                error.sqlState(),
                "sallyport: the statement failed; the server's message is withheld: it can quote"
                        + " what is masked or filtered for you");
    }
}
