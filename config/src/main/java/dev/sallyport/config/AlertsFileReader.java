package dev.sallyport.config;

import dev.sallyport.config.AlertsFile.BulkRead;
import dev.sallyport.config.AlertsFile.Case;
import dev.sallyport.config.AlertsFile.Channel;
import dev.sallyport.config.AlertsFile.Denials;
import dev.sallyport.config.AlertsFile.DormantAccount;
import dev.sallyport.config.AlertsFile.FailedLogins;
import dev.sallyport.config.AlertsFile.FirstUse;
import dev.sallyport.config.AlertsFile.Happening;
import dev.sallyport.config.AlertsFile.KeyChange;
import dev.sallyport.config.AlertsFile.Kind;
import dev.sallyport.config.AlertsFile.LogTrouble;
import dev.sallyport.config.AlertsFile.OffHours;
import dev.sallyport.config.AlertsFile.PolicyChange;
import dev.sallyport.config.AlertsFile.Receiver;
import dev.sallyport.config.AlertsFile.Rule;
import dev.sallyport.config.AlertsFile.Scope;
import dev.sallyport.config.AlertsFile.Severity;
import dev.sallyport.config.AlertsFile.Slack;
import dev.sallyport.config.AlertsFile.Step;
import dev.sallyport.config.AlertsFile.Webhook;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Decodes the file of alerts.
final class AlertsFileReader {
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final String ID_FORM = "up to 63 lower-case letters, digits and '-'";
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F:.]{2,45}");
    private static final Pattern HOURS =
            Pattern.compile("([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]");
    private static final int TIME_CHARS = 5;

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration YEARS_10 = Duration.ofDays(3_650);
    private static final Duration QUIET = Duration.ofMinutes(10);
    private static final int MAX_COUNT = 1_000;
    private static final int MAX_FACTOR = 1_000;
    private static final int MAX_ROWS = 1_000_000_000;
    private static final int MAX_DAYS = 90;
    private static final int MAX_TIMES = 100_000;

    private final Problems problems;
    private final Places places;
    private final Path file;

    AlertsFileReader(Path file, Problems problems) {
        this.file = file;
        this.problems = problems;
        this.places = new Places(file, problems);
    }

    AlertsFile read(YamlNode root) {
        return Fields.read(
                root,
                "a file of alerts",
                problems,
                f -> {
                    var names = new HashMap<String, Position>();
                    var ids = new HashMap<String, Position>();
                    return new AlertsFile(
                            Places.absolute(file),
                            f.require("rules").list(v -> rule(v, ids)),
                            f.optional("receivers")
                                    .map(r -> r.list(v -> receiver(v, names)))
                                    .orElse(List.of()));
                });
    }

    /// A name that nothing else of its kind has.
    private Located<String> name(Value v, String what, Map<String, Position> seen) {
        var name = v.located(t -> t.matching(ID, ID_FORM));
        var before = seen.putIfAbsent(name.value(), name.at());
        if (before != null && !name.value().isEmpty())
            problems.report(
                    name.at(),
                    "there is a "
                            + what
                            + " '"
                            + name.value()
                            + "' already, in line "
                            + before.line());
        return name;
    }

    private Rule rule(Value v, Map<String, Position> ids) {
        return v.fields(
                "an alert rule",
                f -> {
                    var id = name(f.require("id"), "rule", ids);
                    var word = f.require("kind").located(this::kindWord);
                    var kind = kind(word, f);
                    return new Rule(
                            id,
                            f.optional("severity")
                                    .map(AlertsFileReader::severity)
                                    .orElse(Severity.MEDIUM),
                            kind,
                            knowsRoles(kind) ? scope(f) : Scope.EVERYBODY,
                            isAboutSomebody(kind)
                                    ? f.optional("quiet")
                                            .map(q -> q.duration(Duration.ZERO, WEEK))
                                            .orElse(
                                                    kind instanceof OffHours
                                                            ? Duration.ofHours(1)
                                                            : QUIET)
                                    : Duration.ZERO,
                            f.optional("tests").map(t -> t.list(this::test)).orElse(List.of()));
                });
    }

    /// Each kind's word.
    private enum Word {
        DENIALS,
        FAILED_LOGINS,
        FIRST_USE,
        BULK_READ,
        OFF_HOURS,
        DORMANT_ACCOUNT,
        POLICY_CHANGE,
        KEY_CHANGE,
        LOG_TROUBLE
    }

    private Optional<Word> kindWord(Value v) {
        if (v.node() instanceof YamlNode.Scalar s && s.text().equals("break-glass")) {
            v.wrong(
                    "'break-glass' is not supported by this version: nobody can break the glass"
                            + " yet, so the rule would never say anything, and the file is"
                            + " refused");
            return Optional.empty();
        }
        int before = problems.count();
        var word = v.oneOf(Word.class, AlertsFileReader::word);
        return problems.count() == before && v.node() instanceof YamlNode.Scalar
                ? Optional.of(word)
                : Optional.empty();
    }

    private Kind kind(Located<Optional<Word>> word, Fields f) {
        if (word.value().isEmpty()) {
            // What its other keys should be, nobody knows.
            f.passOver();
            return new LogTrouble();
        }
        return switch (word.value().get()) {
            case DENIALS -> new Denials(count(f), within(f));
            case FAILED_LOGINS -> new FailedLogins(count(f), within(f));
            case FIRST_USE -> new FirstUse(f.require("learn").duration(Duration.ZERO, YEARS_10));
            case BULK_READ ->
                    new BulkRead(
                            f.require("factor").integer(1, MAX_FACTOR),
                            f.require("minimumRows").integer(1, MAX_ROWS),
                            f.optional("days").map(d -> d.integer(1, MAX_DAYS)).orElse(20),
                            zone(f));
            case OFF_HOURS -> offHours(f);
            case DORMANT_ACCOUNT ->
                    new DormantAccount(f.require("after").duration(SECOND, YEARS_10));
            case POLICY_CHANGE -> new PolicyChange();
            case KEY_CHANGE -> new KeyChange();
            case LOG_TROUBLE -> new LogTrouble();
        };
    }

    private static int count(Fields f) {
        return f.require("count").integer(1, MAX_COUNT);
    }

    private static Duration within(Fields f) {
        return f.require("within").duration(SECOND, WEEK);
    }

    /// Who fails to log in has shown no roles.
    private static boolean knowsRoles(Kind kind) {
        return switch (kind) {
            case Denials _, FirstUse _, BulkRead _, OffHours _, DormantAccount _ -> true;
            case FailedLogins _, PolicyChange _, KeyChange _, LogTrouble _ -> false;
        };
    }

    private static boolean isAboutSomebody(Kind kind) {
        return knowsRoles(kind) || kind instanceof FailedLogins;
    }

    private static Scope scope(Fields f) {
        return new Scope(
                f.optional("roles").map(v -> v.list(Value::text)).orElse(List.of()),
                f.optional("exceptRoles").map(v -> v.list(Value::text)).orElse(List.of()));
    }

    private OffHours offHours(Fields f) {
        SequencedSet<DayOfWeek> days =
                new TreeSet<>(
                        f.require("days")
                                .list(v ->
                                        v.oneOf(
                                                DayOfWeek.class,
                                                d ->
                                                        d.name()
                                                                .substring(0, 3)
                                                                .toLowerCase(Locale.ROOT))));
        var hours =
                f.require("hours").matching(HOURS, "hours of a day in quotes, as \"07:00-19:00\"");
        var from = LocalTime.MIDNIGHT;
        var to = LocalTime.NOON;
        if (HOURS.matcher(hours).matches()) {
            from = LocalTime.parse(hours.substring(0, TIME_CHARS));
            to = LocalTime.parse(hours.substring(TIME_CHARS + 1));
            if (from.equals(to))
                problems.report(
                        f.keyAt("hours"),
                        "'hours' end where they begin: that is no time at all, or all of it");
        }
        return new OffHours(Collections.unmodifiableSequencedSet(days), from, to, zone(f));
    }

    private ZoneId zone(Fields f) {
        var zone = f.optional("zone");
        if (zone.isEmpty()) return ZoneId.of("UTC");
        var text = zone.get().text();
        try {
            return ZoneId.of(text.isEmpty() ? "UTC" : text);
        } catch (DateTimeException _) {
            zone.get().wrong("'zone' must be a time zone's name, as America/New_York");
            return ZoneId.of("UTC");
        }
    }

    private static Severity severity(Value v) {
        return v.oneOf(Severity.class, AlertsFileReader::word);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private Receiver receiver(Value v, Map<String, Position> names) {
        return v.fields(
                "a receiver",
                f -> {
                    var name = name(f.require("name"), "receiver", names);
                    if (name.value().equals("log"))
                        problems.report(
                                name.at(),
                                "'log' is the name of the gateway's own log, which gets every"
                                        + " alert anyway");
                    var minimum =
                            f.optional("minimum")
                                    .map(AlertsFileReader::severity)
                                    .orElse(Severity.LOW);
                    var webhook = f.optional("webhook");
                    var slack = f.optional("slack");
                    if (v.node() instanceof YamlNode.Mapping
                            && webhook.isPresent() == slack.isPresent())
                        v.wrong("a receiver needs either 'webhook', a URL, or 'slack'");
                    Channel channel =
                            slack.isPresent() && webhook.isEmpty()
                                    ? slack(slack.get())
                                    : webhook(webhook, f);
                    return new Receiver(name, minimum, channel);
                });
    }

    private Webhook webhook(Optional<Value> url, Fields f) {
        if (url.isEmpty())
            return new Webhook(URI.create(""), new Secret.InEnvironment(""), Optional.empty());
        int before = problems.count();
        var secret = places.secret(f.require("secret"));
        if (problems.count() == before) checkSigningSecret(secret, f.keyAt("secret"));
        return new Webhook(
                places.url(url.get(), "https://soc.example/alerts"),
                secret,
                f.optional("ca").map(places::existing));
    }

    private void checkSigningSecret(Secret secret, Position at) {
        if (signingKey(secret).isEmpty())
            problems.report(
                    at,
                    "'secret' must hold whsec_ and 24 to 64 random bytes in base64: make one with"
                            + " `echo \"whsec_$(openssl rand -base64 32)\"`");
    }

    /// Empty when it can't be read or is none.
    private static Optional<byte[]> signingKey(Secret secret) {
        try {
            return signingKey(secret.read());
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    static Optional<byte[]> signingKey(String text) {
        if (!text.startsWith(Webhook.SECRET_PREFIX)) return Optional.empty();
        try {
            var key = Base64.getDecoder().decode(text.substring(Webhook.SECRET_PREFIX.length()));
            return key.length >= Webhook.MIN_SECRET_BYTES && key.length <= Webhook.MAX_SECRET_BYTES
                    ? Optional.of(key)
                    : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private Slack slack(Value v) {
        int before = problems.count();
        var secret = places.secret(v);
        if (problems.count() == before) {
            try {
                // Who reads the message must not learn the URL.
                if (!Places.isSafeUrl(secret.read()))
                    v.wrong("what 'slack' names must hold a URL, as https://hooks.slack.com/...");
            } catch (IOException _) {
                v.wrong("what 'slack' names can't be read any more");
            }
        }
        return new Slack(secret);
    }

    private Case test(Value v) {
        return v.fields(
                "a test",
                f -> {
                    var name = f.require("name").located(Value::text);
                    var events = f.require("events").list(this::step);
                    for (int i = 1; i < events.size(); i++)
                        if (events.get(i).at().isBefore(events.get(i - 1).at()))
                            problems.report(f.keyAt("events"), "the events are not in their order");
                    return new Case(name, events, f.require("fires").integer(0, MAX_TIMES));
                });
    }

    private Step step(Value v) {
        return v.fields(
                "an event",
                f -> {
                    var every = f.optional("every");
                    return new Step(
                            instant(f.require("at")),
                            f.require("event").oneOf(Happening.class, AlertsFileReader::word),
                            f.optional("user").map(Value::text).orElse(""),
                            f.optional("roles")
                                    .<Set<String>>map(r -> new HashSet<>(r.list(Value::text)))
                                    .orElse(Set.of()),
                            f.optional("tables").map(t -> t.list(Value::text)).orElse(List.of()),
                            f.optional("rows").map(r -> r.integer(0, MAX_ROWS)).orElse(0),
                            f.optional("client")
                                    .map(c -> c.matching(ADDRESS, "an IP address"))
                                    .orElse("10.0.0.1"),
                            f.optional("times").map(t -> t.integer(1, MAX_TIMES)).orElse(1),
                            every.map(e -> e.duration(Duration.ZERO, YEARS_10)).orElse(SECOND));
                });
    }

    private static Instant instant(Value v) {
        var text = v.text();
        try {
            if (!text.isEmpty()) return Instant.parse(text);
        } catch (DateTimeException _) {
            v.wrong("'at' must be a time in UTC, as 2026-11-23T15:00:00Z");
        }
        return Instant.EPOCH;
    }
}
