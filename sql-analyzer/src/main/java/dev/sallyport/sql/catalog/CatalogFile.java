package dev.sallyport.sql.catalog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A catalog kept in a file, so that statements can be analysed where no database is: the rows of
/// {@link CatalogQueries} as JSON, one row a line, in an order that depends on nothing but their
/// content. Names and definitions only, no data.
///
/// ```
/// {"format": "sallyport-catalog", "version": 3, "rows": {
/// "SERVER": [
/// ["180006","clinic","UTF8"]
/// ],
/// ...
/// }}
/// ```
public final class CatalogFile {
    private static final String FORMAT = "sallyport-catalog";

    /// Raised whenever a query gains, loses or changes a column that readers can't do without.
    private static final int VERSION = 3;

    /// Of MySQL and MariaDB: the rows of {@link MySqlCatalogQueries}.
    private static final String MYSQL_FORMAT = "sallyport-mysql-catalog";

    private static final int MYSQL_VERSION = 1;

    private static final Set<String> QUERIES = names(CatalogQueries.values());
    private static final Set<String> MYSQL_QUERIES = names(MySqlCatalogQueries.values());

    private static Set<String> names(Enum<?>[] queries) {
        Set<String> names = new LinkedHashSet<>();
        for (Enum<?> query : queries) names.add(query.name());
        return names;
    }

    private CatalogFile() {}

    // ---------------------------------------------------------------- writing

    /// @param rows of every query; their order doesn't matter but for {@link
    ///   CatalogQueries#COLUMNS}, whose rows come in the order of the relation's columns
    public static void write(
            Map<CatalogQueries, ? extends List<? extends List<@Nullable String>>> rows, Writer out)
            throws IOException {
        write(rows, CatalogQueries.values(), CatalogQueries.COLUMNS, FORMAT, VERSION, out);
    }

    /// The same of MySQL and MariaDB. Rows of {@link MySqlCatalogQueries#COLUMNS} and {@link
    /// MySqlCatalogQueries#KEYS} come in the order of their columns.
    public static void writeMySql(
            Map<MySqlCatalogQueries, ? extends List<? extends List<@Nullable String>>> rows,
            Writer out)
            throws IOException {
        write(
                rows,
                MySqlCatalogQueries.values(),
                MySqlCatalogQueries.COLUMNS,
                MYSQL_FORMAT,
                MYSQL_VERSION,
                out);
    }

    private static <Q extends Enum<Q>> void write(
            Map<Q, ? extends List<? extends List<@Nullable String>>> rows,
            Q[] queries,
            Q columns,
            String format,
            int version,
            Writer out)
            throws IOException {
        out.write("{\"format\": \"" + format + "\", \"version\": " + version + ", \"rows\": {");
        String separator = "\n";
        for (Q query : queries) {
            List<? extends List<@Nullable String>> own = rows.get(query);
            if (own == null) throw new IllegalArgumentException("no rows of " + query);
            out.write(separator);
            separator = ",\n";
            out.write('"' + query.name() + "\": [");
            String between = "\n";
            boolean ordered = query == columns || query == MySqlCatalogQueries.KEYS;
            for (List<@Nullable String> row :
                    ordered ? byRelation(own, format.equals(FORMAT) ? 1 : 2) : sorted(own)) {
                out.write(between);
                between = ",\n";
                row(row, out);
            }
            out.write("\n]");
        }
        out.write("\n}}\n");
    }

    /// Sorting is stable: the columns of a relation keep their order.
    ///
    /// @param leading how many columns name the relation
    private static List<List<@Nullable String>> byRelation(
            List<? extends List<@Nullable String>> rows, int leading) {
        List<List<@Nullable String>> sorted = new ArrayList<>(rows);
        sorted.sort((List<@Nullable String> a, List<@Nullable String> b) -> compare(a, b, leading));
        return sorted;
    }

    private static List<List<@Nullable String>> sorted(
            List<? extends List<@Nullable String>> rows) {
        List<List<@Nullable String>> sorted = new ArrayList<>(rows);
        sorted.sort((List<@Nullable String> a, List<@Nullable String> b) ->
                compare(a, b, Math.min(a.size(), b.size())));
        return sorted;
    }

    private static int compare(List<@Nullable String> a, List<@Nullable String> b, int columns) {
        int order = 0;
        for (int i = 0; i < columns && order == 0; i++) order = field(a.get(i), b.get(i));
        return order;
    }

    /// Oids by their number, so that what was made last comes last; before texts, behind nulls.
    private static int field(@Nullable String a, @Nullable String b) {
        int order = Integer.compare(rank(a), rank(b));
        if (order != 0 || a == null || b == null) return order;
        if (rank(a) == 1) order = Integer.compare(a.length(), b.length());
        return order != 0 ? order : a.compareTo(b);
    }

    private static int rank(@Nullable String field) {
        return field == null ? 0 : isNumber(field) ? 1 : 2;
    }

    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++)
            if (text.charAt(i) < '0' || text.charAt(i) > '9') return false;
        return !text.isEmpty();
    }

    private static void row(List<@Nullable String> row, Writer out) throws IOException {
        String separator = "[";
        for (String field : row) {
            out.write(separator);
            separator = ",";
            if (field == null) out.write("null");
            else string(field, out);
        }
        out.write(row.isEmpty() ? "[]" : "]");
    }

    private static void string(String text, Writer out) throws IOException {
        out.write('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.write("\\\"");
                case '\\' -> out.write("\\\\");
                case '\n' -> out.write("\\n");
                case '\t' -> out.write("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f) out.write("\\u%04x".formatted((int) c));
                    else out.write(c);
                }
            }
        }
        out.write('"');
    }

    // ---------------------------------------------------------------- reading

    /// @throws InvalidCatalogFileException when it isn't a whole catalog of this version
    public static Catalog read(Reader in, long epoch) throws IOException {
        Saved saved = new Json(in).file();
        for (String query : saved.mySql ? MYSQL_QUERIES : QUERIES)
            // What another release didn't ask for cannot be taken for "there is none".
            if (!saved.rows.containsKey(query))
                throw new InvalidCatalogFileException(
                        "the rows of " + query + " are missing: save the catalog again");
        try {
            return saved.mySql ? mySql(saved.rows, epoch) : postgres(saved.rows, epoch);
        } catch (RuntimeException e) {
            // Whatever the builder trips over: the rows contradict each other.
            InvalidCatalogFileException failure =
                    new InvalidCatalogFileException(
                            "the saved catalog is not consistent: save it again");
            failure.initCause(e);
            throw failure;
        }
    }

    private static Catalog postgres(Map<String, List<List<@Nullable String>>> rows, long epoch) {
        CatalogBuilder builder = new CatalogBuilder();
        for (CatalogQueries query : CatalogQueries.values())
            for (List<@Nullable String> row : rows.getOrDefault(query.name(), List.of()))
                builder.add(query, row);
        return builder.build(epoch);
    }

    private static Catalog mySql(Map<String, List<List<@Nullable String>>> rows, long epoch) {
        MySqlCatalogBuilder builder = new MySqlCatalogBuilder();
        for (MySqlCatalogQueries query : MySqlCatalogQueries.values())
            for (List<@Nullable String> row : rows.getOrDefault(query.name(), List.of()))
                builder.add(query, row);
        return builder.build(epoch);
    }

    /// The rows, as they were saved, of the queries that were asked then.
    public static Map<CatalogQueries, List<List<@Nullable String>>> rows(Reader in)
            throws IOException {
        Saved saved = new Json(in).file();
        if (saved.mySql)
            throw new InvalidCatalogFileException("a saved catalog of MySQL, not of PostgreSQL");
        Map<CatalogQueries, List<List<@Nullable String>>> rows =
                new EnumMap<>(CatalogQueries.class);
        saved.rows.forEach((query, own) -> rows.put(CatalogQueries.valueOf(query), own));
        return rows;
    }

    /// @param rows by the query's name
    private record Saved(boolean mySql, Map<String, List<List<@Nullable String>>> rows) {}

    /// Reads exactly the shape above; blanks may stand anywhere.
    private static final class Json {
        private final BufferedReader in;
        private int line = 1;
        private int next;

        Json(Reader in) throws IOException {
            this.in = new BufferedReader(in);
            next = this.in.read();
            if (next == 0xFEFF) next = this.in.read();
        }

        Saved file() throws IOException {
            Map<String, List<List<@Nullable String>>> rows = new LinkedHashMap<>();
            boolean mySql = false;
            Set<String> seen = new HashSet<>();
            expect('{');
            do {
                String key = string();
                if (!seen.add(key)) throw failure("key " + key + " comes twice");
                expect(':');
                switch (key) {
                    case "format" -> {
                        String format = string();
                        mySql = format.equals(MYSQL_FORMAT);
                        if (!mySql && !format.equals(FORMAT)) throw failure("not a saved catalog");
                    }
                    case "version" -> {
                        if (!seen.contains("format"))
                            throw failure("the format must come before the version");
                        version(mySql ? MYSQL_VERSION : VERSION);
                    }
                    case "rows" -> {
                        // Nothing is made of rows whose meaning isn't known.
                        if (!seen.contains("format") || !seen.contains("version"))
                            throw failure("format and version must come before the rows");
                        queries(rows, mySql ? MYSQL_QUERIES : QUERIES);
                    }
                    default -> throw failure("key \"" + key + "\" is not known");
                }
            } while (accept(','));
            expect('}');
            blanks();
            if (next >= 0) throw failure("something follows the catalog");
            return new Saved(mySql, rows);
        }

        private void version(int needed) throws IOException {
            blanks();
            StringBuilder digits = new StringBuilder();
            while (next >= '0' && next <= '9' && digits.length() < 9) digits.append(take());
            if (!digits.toString().equals(Integer.toString(needed)))
                throw failure(
                        "this is version "
                                + (digits.isEmpty() ? "?" : digits)
                                + " of the format, "
                                + needed
                                + " is needed: save the catalog again");
        }

        private void queries(Map<String, List<List<@Nullable String>>> rows, Set<String> known)
                throws IOException {
            expect('{');
            do {
                String name = string();
                if (!known.contains(name)) throw failure("rows of \"" + name + "\" are not known");
                expect(':');
                List<List<@Nullable String>> own = new ArrayList<>();
                if (rows.put(name, own) != null) throw failure("the rows of " + name + " twice");
                expect('[');
                if (accept(']')) continue;
                do own.add(row(own));
                while (accept(','));
                expect(']');
            } while (accept(','));
            expect('}');
        }

        private List<@Nullable String> row(List<List<@Nullable String>> before) throws IOException {
            List<@Nullable String> row = new ArrayList<>();
            expect('[');
            do {
                blanks();
                if (next == 'n') {
                    for (char c : "null".toCharArray()) if (take() != c) throw failure("not null");
                    row.add(null);
                } else row.add(string());
            } while (accept(','));
            expect(']');
            if (!before.isEmpty() && before.getFirst().size() != row.size())
                throw failure("a row is longer or shorter than the others");
            return row;
        }

        private String string() throws IOException {
            expect('"');
            StringBuilder text = new StringBuilder();
            while (next != '"') {
                char c = take();
                if (c < 0x20) throw failure("a line ends inside a string");
                text.append(c == '\\' ? escape() : c);
            }
            take();
            return text.toString();
        }

        private char escape() throws IOException {
            char c = take();
            return switch (c) {
                case '"', '\\', '/' -> c;
                case 'n' -> '\n';
                case 't' -> '\t';
                case 'r' -> '\r';
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'u' -> {
                    int code = 0;
                    for (int i = 0; i < 4; i++) {
                        int digit = Character.digit(take(), 16);
                        if (digit < 0) throw failure("a wrong escape");
                        code = code * 16 + digit;
                    }
                    yield (char) code;
                }
                default -> throw failure("a wrong escape");
            };
        }

        private void expect(char c) throws IOException {
            if (!accept(c)) throw failure("'" + c + "' is missing");
        }

        private boolean accept(char c) throws IOException {
            blanks();
            if (next != c) return false;
            take();
            return true;
        }

        private void blanks() throws IOException {
            while (next == ' ' || next == '\n' || next == '\r' || next == '\t') take();
        }

        private char take() throws IOException {
            if (next < 0) throw failure("the file ends too early");
            char c = (char) next;
            if (c == '\n') line++;
            next = in.read();
            return c;
        }

        private InvalidCatalogFileException failure(String reason) {
            return new InvalidCatalogFileException("line " + line + ": " + reason);
        }
    }
}
