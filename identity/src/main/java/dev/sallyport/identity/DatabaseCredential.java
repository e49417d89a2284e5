package dev.sallyport.identity;

import dev.sallyport.config.MySqlVerifiers;
import dev.sallyport.config.ScramVerifier;
import java.time.Instant;
import java.util.Optional;

/// A password for a short time, made by the gateway after a full login, for clients that can't ask
/// for a second factor. Only what checks it is kept. Its verifier shares salt and cost with the
/// account's own, so that a SCRAM exchange can be checked against either; a new password of the
/// account therefore ends it.
///
/// @param account id
/// @param secondFactorAt when the person last gave the second factor for it; empty: never
public record DatabaseCredential(
        String id,
        String account,
        ScramVerifier verifier,
        MySqlVerifiers mysql,
        Instant created,
        Instant expires,
        Optional<Instant> secondFactorAt)
        implements Item {
    public static final Kind<DatabaseCredential> KIND =
            new Kind<>(
                    "database-credential",
                    DatabaseCredential.class,
                    DatabaseCredential::read,
                    true);

    public DatabaseCredential {
        if (!expires.isAfter(created)) throw new IllegalArgumentException("it ends before it is");
    }

    @Override
    public Kind<DatabaseCredential> kind() {
        return KIND;
    }

    @Override
    public Members members() {
        return new Members()
                .text("id", id)
                .text("account", account)
                .text("verifier", verifier.text())
                .text("native", Account.nativeText(mysql))
                .text("ed25519", Account.ed25519Text(mysql))
                .time("created", created)
                .time("expires", expires)
                .time("secondFactorAt", secondFactorAt);
    }

    private static DatabaseCredential read(Members.Reader m) {
        return new DatabaseCredential(
                m.text("id"),
                m.text("account"),
                Account.scram(m.text("verifier")),
                Account.mysql(m.optionalText("native"), m.optionalText("ed25519")),
                m.time("created"),
                m.time("expires"),
                m.optionalTime("secondFactorAt"));
    }

    @Override
    public String toString() {
        return "DatabaseCredential[" + id + " of " + account + ", until " + expires + "]";
    }
}
