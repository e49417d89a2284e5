package dev.sallyport.audit.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether what keeps the copy from being changed is still as it was installed: triggers on every
/// table and partition, the functions behind them, and nobody's right to more than adding. What was
/// done while a guard was away is the verifier's to find; that one was away is said here.
final class Guards {
    private static final Pattern FUNCTION =
            Pattern.compile(
                    "create or replace function log\\.(\\w+)\\(.*?\\n?language.*?as"
                            + " \\$\\$(.*?)\\$\\$",
                    Pattern.DOTALL);

    // Bits of pg_trigger.tgtype (src/include/catalog/pg_trigger.h).
    private static final int ROW = 1;
    private static final int BEFORE = 2;
    private static final int INSERT = 4;
    private static final int DELETE = 8;
    private static final int UPDATE = 16;
    private static final int TRUNCATE = 32;

    private static final Trigger REFUSE_CHANGE =
            new Trigger("refuse", ROW | BEFORE | DELETE | UPDATE);
    private static final Trigger REFUSE_TRUNCATE = new Trigger("refuse", BEFORE | TRUNCATE);

    private record Trigger(String function, int type) {}

    private Guards() {}

    /// What is missing, in words, one line each.
    static List<String> missing(Connection connection) throws SQLException, IOException {
        List<String> missing = new ArrayList<>();
        triggers(connection, missing);
        functions(connection, missing);
        others(connection, missing);
        return missing;
    }

    private static void triggers(Connection connection, List<String> missing) throws SQLException {
        Map<String, Map<String, Trigger>> wanted = new TreeMap<>();
        for (String table : List.of("source", "retired", "version"))
            wanted.put("log." + table, refusing());
        Map<String, Trigger> entry = refusing();
        entry.put("check_added", new Trigger("check_added", INSERT));
        wanted.put("log.entry", entry);
        Map<String, Trigger> checkpoint = refusing();
        checkpoint.put("check_checkpoint", new Trigger("check_checkpoint", ROW | BEFORE | INSERT));
        wanted.put("log.checkpoint", checkpoint);
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT n.nspname || '.' || c.relname FROM pg_inherits i JOIN"
                                        + " pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON"
                                        + " n.oid = c.relnamespace WHERE i.inhparent ="
                                        + " 'log.entry'::regclass")) {
            while (rows.next()) wanted.put(rows.getString(1), refusing());
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT n.nspname || '.' || c.relname, t.tgname, pn.nspname || '.'"
                                    + " || p.proname, t.tgtype, t.tgenabled = 'A' AND t.tgqual IS"
                                    + " NULL AND t.tgattr = ''::int2vector FROM pg_trigger t JOIN"
                                    + " pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON"
                                    + " n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid"
                                    + " JOIN pg_namespace pn ON pn.oid = p.pronamespace")) {
            while (rows.next()) {
                Map<String, Trigger> ofTable = wanted.get(rows.getString(1));
                if (ofTable == null) continue;
                Trigger trigger = ofTable.get(rows.getString(2));
                if (trigger != null
                        && rows.getBoolean(5)
                        && rows.getString(3).equals("log." + trigger.function)
                        && rows.getInt(4) == trigger.type) ofTable.remove(rows.getString(2));
            }
        }
        wanted.forEach((table, names) -> {
            for (String name : new TreeMap<>(names).keySet())
                missing.add(
                        "the trigger " + name + " of " + table + " is gone, changed or disabled");
        });
    }

    private static Map<String, Trigger> refusing() {
        return new HashMap<>(
                Map.of("refuse_change", REFUSE_CHANGE, "refuse_truncate", REFUSE_TRUNCATE));
    }

    private static void functions(Connection connection, List<String> missing)
            throws SQLException, IOException {
        Map<String, String> wanted = new TreeMap<>(bodies());
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT p.proname, p.prosrc FROM pg_proc p WHERE p.pronamespace ="
                                        + " 'log'::regnamespace")) {
            while (rows.next()) {
                String body = wanted.remove(rows.getString(1));
                if (!rows.getString(2).equals(body))
                    missing.add(
                            "the function log." + rows.getString(1) + " is not the one installed");
            }
        }
        for (String name : wanted.keySet()) missing.add("the function log." + name + " is gone");
    }

    /// The functions' bodies, by name, as they were installed.
    static Map<String, String> bodies() throws IOException {
        Map<String, String> bodies = new TreeMap<>();
        Matcher matcher = FUNCTION.matcher(CopySchema.script("schema-1.sql"));
        while (matcher.find()) bodies.put(matcher.group(1), matcher.group(2));
        return bodies;
    }

    private static void others(Connection connection, List<String> missing) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                """
                                SELECT 'role ' || coalesce(r.rolname, 'PUBLIC') || ' may ' || a.privilege_type || ' on log.' || c.relname
                                FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
                                LEFT JOIN pg_roles r ON r.oid = a.grantee
                                WHERE c.relnamespace = 'log'::regnamespace AND c.relkind IN ('r', 'p')
                                  AND a.grantee <> c.relowner AND a.privilege_type <> 'SELECT'
                                UNION ALL
                                SELECT 'log.' || c.relname || ' has a rule or a row policy'
                                FROM pg_class c
                                WHERE c.relnamespace = 'log'::regnamespace AND c.relkind IN ('r', 'p')
                                  AND (c.relhasrules OR c.relrowsecurity)
                                UNION ALL
                                SELECT 'the column ' || a.attname || ' of log.' || c.relname || ' is not generated any more'
                                FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                                WHERE (c.oid = 'log.entry'::regclass
                                       OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'log.entry'::regclass))
                                  AND a.attname IN ('leaf_hash', 'document', 'type', 'person', 'session', 'statement')
                                  AND a.attgenerated <> 's'
                                ORDER BY 1
                                """)) {
            while (rows.next()) missing.add(rows.getString(1));
        }
    }
}
