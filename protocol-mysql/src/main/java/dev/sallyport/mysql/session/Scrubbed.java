package dev.sallyport.mysql.session;

import dev.sallyport.mysql.packet.ErrPacket;

/// An error of a statement that touches what is masked or filtered for the person: a server's
/// message can quote any value.
final class Scrubbed {
    private Scrubbed() {}

    static ErrPacket of(ErrPacket error) {
        return new ErrPacket(
                error.code(),
                error.sqlState(),
                "sallyport: the statement failed; the server's message is withheld: it can quote"
                        + " what is masked or filtered for you");
    }
}
