package dev.sallyport.sql.mysql.lexer;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the meaning of a text's bytes and words depends on: whose server, which version, and how
/// the session is set. Immutable.
///
/// @param lowestVersion as version comments write it: 80034 is 8.0.34, 110402 is 11.4.2
/// @param highestVersion the same where the version is known; what differs between the two is
///   refused
/// @param utf8 whether character_set_client is utf8mb3 or utf8mb4: elsewhere only ASCII is taken
///   outside literals
/// @param maxLength texts longer than this many UTF-16 units are refused
public record Dialect(
        Vendor vendor,
        int lowestVersion,
        int highestVersion,
        Set<SqlMode> sqlModes,
        boolean utf8,
        int maxLength) {
    public Dialect {
        sqlModes = Set.copyOf(sqlModes);
        if (lowestVersion > highestVersion)
            throw new IllegalArgumentException(
                    "versions the wrong way round: " + lowestVersion + ", " + highestVersion);
    }

    public enum Vendor {
        MYSQL,
        MARIADB
    }

    /// The modes that change how a text is read.
    public enum SqlMode {
        ANSI_QUOTES,
        NO_BACKSLASH_ESCAPES,
        PIPES_AS_CONCAT,
        HIGH_NOT_PRECEDENCE,
        IGNORE_SPACE
    }

    /// Every version that is supported: 8.0 to 9.x.
    public static final Dialect MYSQL =
            new Dialect(Vendor.MYSQL, 80000, 99999, Set.of(), true, Integer.MAX_VALUE);

    /// Every version that is supported: 10.11 to 12.x.
    public static final Dialect MARIADB =
            new Dialect(Vendor.MARIADB, 101100, 129999, Set.of(), true, Integer.MAX_VALUE);

    private static final Pattern VERSION =
            Pattern.compile("(\\d{1,2})\\.(\\d{1,2})(?:\\.(\\d{1,2}))?");

    /// As `8.0.34`, `11.4` or what `SELECT version()` says, as `11.4.2-MariaDB-log`; without its
    /// third number every release of the series. Empty for what isn't a supported version.
    public Optional<Dialect> withVersion(String version) {
        Matcher matcher = VERSION.matcher(version);
        if (!matcher.lookingAt()) return Optional.empty();
        if (matcher.end() < version.length()
                && ".0123456789".indexOf(version.charAt(matcher.end())) >= 0)
            return Optional.empty();
        int series =
                Integer.parseInt(matcher.group(1)) * 10000
                        + Integer.parseInt(matcher.group(2)) * 100;
        String patch = matcher.group(3);
        int lowest = patch == null ? series : series + Integer.parseInt(patch);
        int highest = patch == null ? series + 99 : lowest;
        Dialect supported = vendor == Vendor.MYSQL ? MYSQL : MARIADB;
        if (lowest < supported.lowestVersion || highest > supported.highestVersion)
            return Optional.empty();
        return Optional.of(new Dialect(vendor, lowest, highest, sqlModes, utf8, maxLength));
    }

    /// By the session's `sql_mode`, names with commas between. Empty when it holds one that makes
    /// another language of the text (ORACLE, MSSQL, ...) or that isn't known.
    public Optional<Dialect> withSqlMode(String sqlMode) {
        Set<SqlMode> modes = EnumSet.noneOf(SqlMode.class);
        for (String word : sqlMode.split(",", -1)) {
            String mode = word.strip().toUpperCase(Locale.ROOT);
            switch (mode) {
                case "ANSI" -> {
                    modes.add(SqlMode.ANSI_QUOTES);
                    modes.add(SqlMode.PIPES_AS_CONCAT);
                    modes.add(SqlMode.IGNORE_SPACE);
                }
                case "ANSI_QUOTES",
                        "NO_BACKSLASH_ESCAPES",
                        "PIPES_AS_CONCAT",
                        "HIGH_NOT_PRECEDENCE",
                        "IGNORE_SPACE" ->
                        modes.add(SqlMode.valueOf(mode));
                // They change what is stored or refused, not how the text is read.
                case "",
                        "REAL_AS_FLOAT",
                        "ONLY_FULL_GROUP_BY",
                        "NO_UNSIGNED_SUBTRACTION",
                        "NO_DIR_IN_CREATE",
                        "NO_AUTO_VALUE_ON_ZERO",
                        "STRICT_TRANS_TABLES",
                        "STRICT_ALL_TABLES",
                        "NO_ZERO_IN_DATE",
                        "NO_ZERO_DATE",
                        "ALLOW_INVALID_DATES",
                        "ERROR_FOR_DIVISION_BY_ZERO",
                        "TRADITIONAL",
                        "NO_AUTO_CREATE_USER",
                        "NO_ENGINE_SUBSTITUTION",
                        "PAD_CHAR_TO_FULL_LENGTH",
                        "SIMULTANEOUS_ASSIGNMENT",
                        "TIME_ROUND_FRACTIONAL",
                        "TIME_TRUNCATE_FRACTIONAL" -> {}
                default -> {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(
                new Dialect(vendor, lowestVersion, highestVersion, modes, utf8, maxLength));
    }

    public Dialect withUtf8(boolean isUtf8) {
        return new Dialect(vendor, lowestVersion, highestVersion, sqlModes, isUtf8, maxLength);
    }

    public Dialect withMaxLength(int length) {
        return new Dialect(vendor, lowestVersion, highestVersion, sqlModes, utf8, length);
    }

    public boolean is(SqlMode mode) {
        return sqlModes.contains(mode);
    }

    public boolean isMariaDb() {
        return vendor == Vendor.MARIADB;
    }
}
