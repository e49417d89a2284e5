package dev.sallyport.audit.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes the copy's schema for its owner, and registers gateways. Whatever is there already stays;
/// run again it only adds what is missing.
public final class CopySchema {
    public static final int VERSION = 1;

    private static final int MONTHS_AHEAD = 12;
    private static final Pattern FUNCTION =
            Pattern.compile("create or replace function .*?\\$\\$.*?\\$\\$", Pattern.DOTALL);

    private static final int OLDEST_SERVER = 150_000;
    private static final String NO_SUCH_TABLE = "42P01";
    private static final String NO_SUCH_SCHEMA = "3F000";

    private CopySchema() {}

    /// Who may do what.
    ///
    /// @param origin of the log that the gateway writes
    /// @param writer its role here
    /// @param readers roles that read views and tables: the auditors', and whoever verifies
    /// @param connecting roles that may connect and nothing else: the one that reads the catalog
    /// @param offeredAs the gateway's name for this database; empty when it doesn't offer it
    public record Roles(
            String origin,
            String writer,
            List<String> readers,
            List<String> connecting,
            String offeredAs) {
        public Roles {
            readers = List.copyOf(readers);
            connecting = List.copyOf(connecting);
        }

        private List<String> all() {
            List<String> all = new ArrayList<>(readers);
            all.addAll(connecting);
            all.add(writer);
            return all;
        }
    }

    /// What has been done, in words for people.
    ///
    /// @throws SQLException also with what the owner has to do first
    public static List<String> init(Connection owner, Roles roles)
            throws SQLException, IOException {
        owner.setAutoCommit(false);
        List<String> done = new ArrayList<>();
        try (Statement statement = owner.createStatement()) {
            checkServer(owner);
            checkRoles(owner, roles);
            Optional<Integer> version = version(owner);
            if (version.isEmpty()) {
                statement.execute(script("schema-1.sql"));
                done.add("schema of version " + VERSION + " installed");
            } else if (version.get() != VERSION) {
                throw new SQLException(
                        "the schema has version "
                                + version.get()
                                + ", this program knows "
                                + VERSION
                                + ": use the Sallyport that installed it, or a newer one");
            }
            // Whoever owns a function or a view can replace it; this puts it back.
            Matcher function = FUNCTION.matcher(script("schema-1.sql"));
            while (function.find()) statement.execute(function.group());
            statement.execute(script("views-1.sql"));
            for (String grant : grants(owner, roles)) statement.execute(grant);
            if (register(owner, roles))
                done.add("role " + roles.writer + " may add to the log " + roles.origin);
            int months = makeMonths(owner);
            if (months > 0) done.add(months + " months prepared");
            owner.commit();
            return done;
        } catch (SQLException | IOException | RuntimeException e) {
            owner.rollback();
            throw e;
        }
    }

    /// The same as a script for people to read and run, with psql, as the owner.
    public static String script(Roles roles, String database) throws IOException {
        StringBuilder all = new StringBuilder("BEGIN;\n");
        all.append(script("schema-1.sql")).append('\n').append(script("views-1.sql")).append('\n');
        for (String grant : grants(database, roles)) all.append(grant).append(";\n");
        all.append("INSERT INTO log.source (origin, role, offered_as) VALUES (")
                .append(literal(roles.origin))
                .append(", ")
                .append(literal(roles.writer))
                .append(", ")
                .append(literal(roles.offeredAs))
                .append(");\n")
                .append("SELECT log.make_month(now() + n * interval '1 month') FROM")
                .append(" generate_series(0, " + MONTHS_AHEAD + ") n;\nCOMMIT;\n");
        return all.toString();
    }

    /// Empty when there is none.
    static Optional<Integer> version(Connection connection) throws SQLException {
        var before = connection.setSavepoint();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT max(version) FROM log.version")) {
            row.next();
            int version = row.getInt(1);
            return Optional.of(version);
        } catch (SQLException e) {
            connection.rollback(before);
            if (NO_SUCH_TABLE.equals(e.getSQLState()) || NO_SUCH_SCHEMA.equals(e.getSQLState()))
                return Optional.empty();
            throw e;
        }
    }

    private static void checkServer(Connection owner) throws SQLException {
        try (Statement statement = owner.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT current_setting('server_version_num')::int,"
                                        + " current_setting('server_version'),"
                                        + " current_setting('server_encoding')")) {
            row.next();
            if (row.getInt(1) < OLDEST_SERVER)
                throw new SQLException(
                        "the server is PostgreSQL " + row.getString(2) + ", 15 is the oldest");
            if (!row.getString(3).equals("UTF8"))
                throw new SQLException(
                        "the database's encoding is "
                                + row.getString(3)
                                + ": create it with ENCODING 'UTF8'");
        }
    }

    private static void checkRoles(Connection owner, Roles roles) throws SQLException {
        List<String> missing = new ArrayList<>();
        for (String role : roles.all()) {
            if (count(owner, "SELECT count(*) FROM pg_roles WHERE rolname = ?", role) == 0)
                missing.add(
                        "CREATE ROLE " + identifier(role) + " LOGIN PASSWORD '...' NOSUPERUSER;");
        }
        if (!missing.isEmpty())
            throw new SQLException(
                    "roles are missing; an administrator makes them:\n"
                            + String.join("\n", missing.stream().distinct().toList()));
        for (String role : roles.all()) {
            if (count(
                            owner,
                            "SELECT count(*) FROM pg_roles WHERE rolname = ? AND (rolsuper OR"
                                    + " rolbypassrls OR rolreplication OR pg_has_role(oid,"
                                    + " current_user, 'MEMBER'))",
                            role)
                    > 0)
                throw new SQLException(
                        "role "
                                + role
                                + " is a superuser, or has the owner's rights: whoever adds to the"
                                + " log or reads it must not be able to change it");
        }
    }

    private static long count(Connection connection, String sql, String... values)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) query.setString(i + 1, values[i]);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static List<String> grants(Connection owner, Roles roles) throws SQLException {
        return grants(owner.getCatalog(), roles);
    }

    private static List<String> grants(String database, Roles roles) {
        List<String> grants = new ArrayList<>();
        String here = identifier(database);
        grants.add("REVOKE ALL ON DATABASE " + here + " FROM PUBLIC");
        grants.add("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        grants.add("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA log FROM PUBLIC");
        for (String role : roles.all().stream().distinct().toList())
            grants.add("GRANT CONNECT ON DATABASE " + here + " TO " + identifier(role));
        String writer = identifier(roles.writer);
        grants.add("GRANT USAGE ON SCHEMA log TO " + writer);
        grants.add("GRANT INSERT (origin, sequence, time, entry) ON log.entry TO " + writer);
        grants.add("GRANT INSERT (origin, size, note) ON log.checkpoint TO " + writer);
        grants.add(
                "GRANT EXECUTE ON FUNCTION log.document(bytea), log.instant(text),"
                        + " log.number(jsonb), log.position(text), log.prepare_month(timestamptz)"
                        + " TO "
                        + writer);
        for (String role : roles.readers.stream().distinct().toList()) {
            String reader = identifier(role);
            grants.add("GRANT USAGE ON SCHEMA log, public TO " + reader);
            grants.add("GRANT SELECT ON ALL TABLES IN SCHEMA log TO " + reader);
            grants.add(
                    "GRANT SELECT ON public.statements, public.sessions, public.logins,"
                            + " public.policy_changes, public.access_requests, public.log_reads TO "
                            + reader);
            grants.add(
                    "GRANT EXECUTE ON FUNCTION log.document(bytea), log.document_or_null(bytea),"
                            + " log.instant(text), log.number(jsonb), log.texts(jsonb),"
                            + " log.address(text), log.relations(text[]), log.verify_chain(text)"
                            + " TO "
                            + reader);
        }
        return grants;
    }

    private static boolean register(Connection owner, Roles roles) throws SQLException {
        if (count(
                        owner,
                        "SELECT count(*) FROM log.source WHERE origin = ? AND role = ? AND"
                                + " offered_as = ?",
                        roles.origin,
                        roles.writer,
                        roles.offeredAs)
                > 0) return false;
        try (PreparedStatement insert =
                owner.prepareStatement(
                        "INSERT INTO log.source (origin, role, offered_as) VALUES (?, ?, ?)")) {
            insert.setString(1, roles.origin);
            insert.setString(2, roles.writer);
            insert.setString(3, roles.offeredAs);
            insert.executeUpdate();
        }
        return true;
    }

    private static int makeMonths(Connection owner) throws SQLException {
        OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
        long before = partitions(owner);
        try (PreparedStatement query = owner.prepareStatement("SELECT log.make_month(?)")) {
            for (int i = 0; i <= MONTHS_AHEAD; i++) {
                query.setObject(1, now.withDayOfMonth(1).plusMonths(i));
                query.execute();
            }
        }
        return (int) (partitions(owner) - before);
    }

    private static long partitions(Connection owner) throws SQLException {
        return count(
                owner, "SELECT count(*) FROM pg_inherits WHERE inhparent = 'log.entry'::regclass");
    }

    static String script(String name) throws IOException {
        try (InputStream in = CopySchema.class.getResourceAsStream(name)) {
            if (in == null) throw new IOException("missing: " + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static String identifier(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
