package dev.sallyport.app.demo;

import dev.sallyport.app.mysql.Administrator;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The sample clinic in a real MariaDB or MySQL: the rows that {@link Clinic} has in PostgreSQL, in
/// the databases `clinic`, `billing` and `reporting`, and the two users that the gateway uses.
/// Blocks.
final class MySqlClinic {
    /// What the gateway's configuration and policies call it.
    static final String NAME = "clinic-mysql";

    /// The database that people name when they log in.
    static final String DATABASE = "clinic";

    private static final List<String> DATABASES = List.of("clinic", "billing", "reporting");
    private static final int GENERATION = 1;
    private static final String MARK = "Sallyport sample clinic";
    private static final String LOADING = "sallyport_demo_loading";
    private static final int INSERT_CHARS = 1 << 18;

    private final Administrator administrator;
    private final String server;
    private final long seed;
    private final int patients;

    /// @param server for messages
    MySqlClinic(Administrator administrator, String server, long seed, int patients) {
        this.administrator = administrator;
        this.server = server;
        this.seed = seed;
        this.patients = patients;
    }

    /// Makes the users, and the databases unless they are there with this seed and size.
    ///
    /// @param anew also when they are
    /// @return true when rows were loaded
    /// @throws IOException also when there are databases of these names that aren't a sample clinic
    boolean load(String gatewayPassword, String catalogPassword, boolean anew) throws IOException {
        makeUsers(gatewayPassword, catalogPassword);
        var found = mark();
        if (mine().equals(found) && !anew) return false;
        if (found != null && !found.startsWith(MARK))
            throw new IOException(
                    "%s already has databases named %s that are not a sample clinic; they stay as they are"
                            .formatted(server, String.join(", ", DATABASES)));
        loadRows();
        return true;
    }

    private String mine() {
        return "%s: generation %d, seed %d, %d patients"
                .formatted(MARK, GENERATION, seed, patients);
    }

    /// The mark on the patients' table; null when none of the databases is there, empty when there
    /// is one without a mark.
    private @Nullable String mark() throws IOException {
        var names =
                names("schema_name from information_schema.schemata where schema_name in ('%s')");
        // A load that was interrupted left it behind.
        if (names.contains(LOADING)) return MARK;
        if (names.isEmpty()) return null;
        var marks =
                names(
                        "table_comment from information_schema.tables where table_schema in ('%s')"
                                + " and table_name = 'patients'");
        return marks.isEmpty() ? "" : marks.getFirst();
    }

    private List<String> names(String query) throws IOException {
        var ours = new ArrayList<>(DATABASES);
        ours.add(LOADING);
        return administrator.run("select " + query.formatted(String.join("', '", ours))).stream()
                .map(row -> String.valueOf(row.getFirst()))
                .toList();
    }

    private void loadRows() throws IOException {
        var statements = new ArrayList<String>();
        statements.add("create database if not exists " + LOADING);
        statements.add("set session foreign_key_checks = 0, unique_checks = 0");
        for (var database : DATABASES) statements.add("drop database if exists " + database);
        statements.addAll(Clinic.statements("clinic-mysql.sql"));
        var rows = new Inserts(statements);
        new ClinicData(seed, patients).writeTo(rows);
        rows.flush();
        statements.addAll(Clinic.statements("clinic-mysql-indexes.sql"));
        statements.add("alter table clinic.patients comment = " + Administrator.literal(mine()));
        // Last, so that half a clinic is loaded anew.
        statements.add("drop database " + LOADING);
        administrator.run(statements);
    }

    /// The gateway's user may do what the clinic's people can need at most; the policy grants less,
    /// by person and column. The catalog's sees definitions: servers tell of a table to whom has
    /// any right on it, and of a view's text to whom may also select from the view. So it has
    /// rights that show it no row but of views.
    private void makeUsers(String gatewayPassword, String catalogPassword) throws IOException {
        var statements = new ArrayList<String>();
        for (var user :
                List.of(
                        List.of(Clinic.GATEWAY_ROLE, gatewayPassword),
                        List.of(Clinic.CATALOG_ROLE, catalogPassword))) {
            var account = user.get(0) + "@'%'";
            var password = Administrator.literal(user.get(1));
            statements.add("create user if not exists " + account);
            statements.add("alter user " + account + " identified by " + password + " require ssl");
            statements.add("revoke all privileges, grant option from " + account);
        }
        for (var database : DATABASES)
            statements.add(
                    "grant select, insert, update, delete, execute, show view, lock tables on %s.* to %s@'%%'"
                            .formatted(database, Clinic.GATEWAY_ROLE));
        statements.add("grant process on *.* to " + Clinic.GATEWAY_ROLE + "@'%'");
        statements.add(
                "grant references, show view, trigger, event, execute on *.* to "
                        + Clinic.CATALOG_ROLE
                        + "@'%'");
        statements.add("grant select on reporting.* to " + Clinic.CATALOG_ROLE + "@'%'");
        administrator.run(statements);
    }

    /// Rows as INSERT statements of some size.
    private static final class Inserts implements ClinicData.Sink {
        private final List<String> statements;
        private final StringBuilder text = new StringBuilder();
        private String begin = "";

        Inserts(List<String> statements) {
            this.statements = statements;
        }

        @Override
        public void table(String name, String... columns) {
            flush();
            begin =
                    "insert into %s (%s) values "
                            .formatted(
                                    name.replace("public.", "clinic."), String.join(", ", columns));
        }

        @Override
        public void row(@Nullable Object... values) {
            text.append(text.isEmpty() ? begin : ",");
            for (var i = 0; i < values.length; i++) {
                text.append(i == 0 ? '(' : ',').append(literal(values[i]));
            }
            text.append(')');
            if (text.length() >= INSERT_CHARS) flush();
        }

        private static String literal(@Nullable Object value) {
            return switch (value) {
                case null -> "null";
                case Integer n -> n.toString();
                case Instant t -> "'" + LocalDateTime.ofInstant(t, ZoneOffset.UTC) + "'";
                case Object o -> Administrator.literal(o.toString());
            };
        }

        private void flush() {
            if (text.isEmpty()) return;
            statements.add(text.toString());
            text.setLength(0);
        }
    }
}
