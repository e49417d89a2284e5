package dev.sallyport.postgres.startup;

import dev.sallyport.gateway.DeclaredPurpose;
import dev.sallyport.gateway.Denial;
import dev.sallyport.postgres.message.ClientEncoding;
import dev.sallyport.postgres.message.StartupMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What a StartupMessage asks for, checked: only parameters that change nothing but the form or the
/// patience of a session get through, and none goes upstream before its sender has logged in
/// (CVE-2025-12819 was a `search_path` that did).
///
/// @param purpose as `sallyport.purpose` and `sallyport.ticket` declare it: the gateway's own, so
///   the upstream doesn't hear of it
/// @param settings for the upstream, by their usual spelling; `client_encoding` is always among
///   them
/// @param unknownProtocolOptions names that begin with `_pq_.`: none is known
record StartupParameters(
        String user,
        String database,
        String applicationName,
        DeclaredPurpose purpose,
        ClientEncoding encoding,
        Map<String, String> settings,
        List<String> unknownProtocolOptions) {

    sealed interface Outcome {}

    record Accepted(StartupParameters parameters) implements Outcome {}

    /// @param reason for the audit log
    record Refused(Denial denial, String reason) implements Outcome {}

    private static final int MAX_VALUE_CHARS = 1_024;

    /// What PostgreSQL keeps of a role's or database's name.
    private static final int MAX_NAME_CHARS = 63;

    private static final String PROTOCOL_OPTION = "_pq_.";
    private static final String PURPOSE = "sallyport.purpose";
    private static final String TICKET = "sallyport.ticket";

    /// By lower-case name, as PostgreSQL ignores the case of settings.
    private static final Map<String, String> SETTINGS =
            bySpelling(
                    "application_name",
                    "bytea_output",
                    "client_encoding",
                    "client_min_messages",
                    "DateStyle",
                    "extra_float_digits",
                    "idle_in_transaction_session_timeout",
                    "idle_session_timeout",
                    "IntervalStyle",
                    "jit",
                    "lock_timeout",
                    "search_path",
                    "statement_timeout",
                    "TimeZone",
                    "transaction_timeout");

    StartupParameters {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        unknownProtocolOptions = List.copyOf(unknownProtocolOptions);
    }

    static Outcome check(StartupMessage message) {
        try {
            return new Accepted(new Checker().check(message));
        } catch (Refusal refusal) {
            return refusal.refused;
        }
    }

    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final transient Refused refused;

        Refusal(String sqlState, String message, String hint, String reason) {
            super(message, null, false, false);
            refused = new Refused(new Denial(sqlState, "sallyport: " + message, "", hint), reason);
        }
    }

    private static final class Checker {
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final Set<String> seen = new HashSet<>();
        private final List<String> protocolOptions = new ArrayList<>();
        private Optional<String> user = Optional.empty();
        private Optional<String> database = Optional.empty();
        private String purpose = "";
        private String ticket = "";

        StartupParameters check(StartupMessage message) {
            for (StartupMessage.Parameter parameter : message.parameters()) {
                parameter(parameter.name(), parameter.value());
            }
            String name = user.orElse("");
            if (name.isEmpty()) {
                throw new Refusal(
                        "28000", "no user name given", "Connect with a user name.", "no user name");
            }
            checkName("user", name);
            String wanted = database.orElse("");
            if (wanted.isEmpty()) {
                // PostgreSQL would take the user's name. Here that would be a database nobody asked
                // for.
                throw new Refusal(
                        "3D000",
                        "no database given",
                        "Name the database in the connection parameters, as dbname=...",
                        "no database name");
            }
            checkName("database", wanted);
            settings.putIfAbsent("client_encoding", ClientEncoding.UTF8.name());
            ClientEncoding encoding =
                    ClientEncoding.of(settings.get("client_encoding")).orElseThrow();
            return new StartupParameters(
                    name,
                    wanted,
                    settings.getOrDefault("application_name", ""),
                    purpose(),
                    encoding,
                    settings,
                    protocolOptions);
        }

        private DeclaredPurpose purpose() {
            Optional<String> problem = DeclaredPurpose.problem(purpose, ticket);
            if (problem.isPresent())
                throw new Refusal(
                        "22023",
                        problem.get(),
                        "As options: -c " + PURPOSE + "=treatment -c " + TICKET + "=INC-1",
                        "purpose or ticket not valid");
            return DeclaredPurpose.of(purpose, ticket);
        }

        private void parameter(String name, String value) {
            if (name.startsWith(PROTOCOL_OPTION)) {
                once(name);
                protocolOptions.add(name);
                return;
            }
            switch (name) {
                case "user" -> {
                    once(name);
                    user = Optional.of(value);
                }
                case "database" -> {
                    once(name);
                    database = Optional.of(value);
                }
                case "options" -> {
                    once(name);
                    StartupOptions.parse(value)
                            .orElseThrow(() ->
                                    new Refusal(
                                            "22023",
                                            "startup parameter \"options\" holds more than -c"
                                                    + " name=value",
                                            acceptedHint(),
                                            "options not understood"))
                            .forEach(option -> setting(option.name(), option.value()));
                }
                case "replication" ->
                        throw new Refusal(
                                "0A000",
                                "replication connections are refused",
                                "Connect without the replication parameter.",
                                "replication connection");
                default -> setting(name, value);
            }
        }

        private void setting(String name, String value) {
            if (name.equalsIgnoreCase(PURPOSE)) {
                once(PURPOSE);
                purpose = value;
                return;
            }
            if (name.equalsIgnoreCase(TICKET)) {
                once(TICKET);
                ticket = value;
                return;
            }
            String spelling = SETTINGS.get(name.toLowerCase(Locale.ROOT));
            if (spelling == null) {
                throw new Refusal(
                        "0A000",
                        "startup parameter \"" + printable(name) + "\" is not accepted",
                        acceptedHint(),
                        "startup parameter not accepted");
            }
            once(spelling);
            if (value.length() > MAX_VALUE_CHARS) {
                throw new Refusal(
                        "22023",
                        "startup parameter \""
                                + spelling
                                + "\" is longer than "
                                + MAX_VALUE_CHARS
                                + " characters",
                        "",
                        "startup parameter too long");
            }
            if (spelling.equals("client_encoding")) {
                ClientEncoding encoding =
                        ClientEncoding.of(value)
                                .orElseThrow(() ->
                                        new Refusal(
                                                "22023",
                                                "client_encoding \""
                                                        + printable(value)
                                                        + "\" is not accepted",
                                                "Use UTF8.",
                                                "client encoding not accepted"));
                settings.put(spelling, encoding.name());
            } else {
                settings.put(spelling, value);
            }
        }

        private void once(String name) {
            if (!seen.add(name)) {
                throw new Refusal(
                        "28000",
                        "startup parameter \"" + printable(name) + "\" is given twice",
                        "",
                        "startup parameter given twice");
            }
        }

        private static void checkName(String what, String name) {
            if (name.length() > MAX_NAME_CHARS || name.chars().anyMatch(Character::isISOControl)) {
                throw new Refusal(
                        "28000", what + " name is not valid", "", what + " name not valid");
            }
        }

        private static String acceptedHint() {
            return "Accepted are user, database, options (-c name=value) and "
                    + String.join(", ", new TreeSet<>(SETTINGS.values()))
                    + ", "
                    + PURPOSE
                    + ", "
                    + TICKET
                    + ".";
        }

        /// Names go into an error before anybody has logged in: short and without control
        /// characters.
        private static String printable(String text) {
            String start =
                    text.length() > MAX_NAME_CHARS
                            ? text.substring(0, MAX_NAME_CHARS) + "..."
                            : text;
            return start.replaceAll("\\p{Cntrl}", "?");
        }
    }

    private static Map<String, String> bySpelling(String... spellings) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String spelling : spellings) all.put(spelling.toLowerCase(Locale.ROOT), spelling);
        return Map.copyOf(all);
    }
}
