package dev.sallyport.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;

/// The file of alerts: what in the audit log somebody wants to be told of at once, and who is told.
/// `config/examples/alerts.yaml` explains each key.
///
/// @param rules at least one; ids differ
/// @param receivers besides the gateway's own log, which gets every alert as a line
public record AlertsFile(Path file, List<Rule> rules, List<Receiver> receivers) {
    public AlertsFile {
        rules = List.copyOf(rules);
        receivers = List.copyOf(receivers);
    }

    /// @param quiet after an alert about a person or an address the rule says nothing more of them
    ///   for this long; what it left out is counted in its next alert
    public record Rule(
            Located<String> id,
            Severity severity,
            Kind kind,
            Scope scope,
            Duration quiet,
            List<Case> tests) {
        public Rule {
            tests = List.copyOf(tests);
        }
    }

    public enum Severity {
        LOW,
        MEDIUM,
        HIGH
    }

    /// Whom a rule is about, by the roles of when it happened.
    ///
    /// @param roles one of these; empty: everybody
    /// @param exceptRoles none of these
    public record Scope(List<String> roles, List<String> exceptRoles) {
        public static final Scope EVERYBODY = new Scope(List.of(), List.of());

        public Scope {
            roles = roles.stream().sorted().toList();
            exceptRoles = exceptRoles.stream().sorted().toList();
        }

        public boolean holds(List<String> of) {
            return (roles.isEmpty() || of.stream().anyMatch(roles::contains))
                    && of.stream().noneMatch(exceptRoles::contains);
        }
    }

    /// What a rule looks for.
    public sealed interface Kind {
        /// As in the file.
        default String word() {
            return switch (this) {
                case Denials _ -> "denials";
                case FailedLogins _ -> "failed-logins";
                case FirstUse _ -> "first-use";
                case BulkRead _ -> "bulk-read";
                case OffHours _ -> "off-hours";
                case DormantAccount _ -> "dormant-account";
                case PolicyChange _ -> "policy-change";
                case KeyChange _ -> "key-change";
                case LogTrouble _ -> "log-trouble";
            };
        }
    }

    /// So many denied statements of one person within the time. Permitted ones between them don't
    /// count against it: `SELECT 1` would hide everything.
    public record Denials(int count, Duration within) implements Kind {}

    /// So many failed logins of one person, or from one address, within the time.
    public record FailedLogins(int count, Duration within) implements Kind {}

    /// Somebody uses a table for the first time.
    ///
    /// @param learn from the log's first entry on, nothing is said
    public record FirstUse(Duration learn) implements Kind {}

    /// More rows in a day than this person usually reads, and more than a minimum.
    ///
    /// @param factor times the median of the days on which they read anything
    /// @param minimumRows alone the measure for somebody with fewer than `days` such days
    /// @param days how many are looked at, and needed
    /// @param zone whose midnight begins a day
    public record BulkRead(int factor, int minimumRows, int days, ZoneId zone) implements Kind {}

    /// Logins and statements outside of these hours.
    ///
    /// @param days on which the hours begin
    /// @param from with this minute
    /// @param to without this minute; before `from`: on the next day
    public record OffHours(SequencedSet<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone)
            implements Kind {}

    /// A login of somebody of whom the log has had nothing for this long.
    public record DormantAccount(Duration after) implements Kind {}

    /// Another policy is in force, or one was refused.
    public record PolicyChange() implements Kind {}

    /// Another key signs the log.
    public record KeyChange() implements Kind {}

    /// The log was recovered, its clock was set back, or it cannot be written, sealed, witnessed,
    /// copied or read.
    public record LogTrouble() implements Kind {}

    /// Who is told, besides the gateway's own log.
    ///
    /// @param minimum nothing less severe
    public record Receiver(Located<String> name, Severity minimum, Channel channel) {}

    public sealed interface Channel {}

    /// A POST of JSON for each alert, signed as Standard Webhooks has it.
    ///
    /// @param url https, unless on loopback
    /// @param secret `whsec_` and base64
    /// @param ca PEM bundle; empty: the JDK's trusted authorities
    public record Webhook(URI url, Secret secret, Optional<Path> ca) implements Channel {
        static final String SECRET_PREFIX = "whsec_";
        static final int MIN_SECRET_BYTES = 24;
        static final int MAX_SECRET_BYTES = 64;

        /// The key as it is now.
        ///
        /// @throws IOException when there is none; the message names the place, never the content
        public byte[] key() throws IOException {
            return AlertsFileReader.signingKey(secret.read())
                    .orElseThrow(() ->
                            new IOException(
                                    "the secret of "
                                            + url.getHost()
                                            + " is not whsec_ and 24 to 64 bytes in base64"));
        }
    }

    /// An incoming webhook of Slack's, or of what takes the same JSON. Who knows its URL may write
    /// there, so it is kept as a secret.
    public record Slack(Secret url) implements Channel {
        /// The URL as it is now.
        ///
        /// @throws IOException when there is none; the message names the place, never the content
        public URI address() throws IOException {
            var text = url.read();
            if (Places.isSafeUrl(text)) return URI.create(text);
            throw new IOException("what 'slack' names is no https URL");
        }
    }

    /// A test of a rule: what happens, and how many alerts the rule then makes.
    public record Case(Located<String> name, List<Step> events, int fires) {
        public Case {
            events = List.copyOf(events);
        }
    }

    /// Something that happens in a test, once or several times.
    ///
    /// @param user empty: an unknown one
    /// @param rows that a statement returns
    /// @param times how often
    /// @param every the time between
    public record Step(
            Instant at,
            Happening event,
            String user,
            Set<String> roles,
            List<String> tables,
            int rows,
            String client,
            int times,
            Duration every) {
        public Step {
            roles = Set.copyOf(roles);
            tables = List.copyOf(tables);
        }
    }

    public enum Happening {
        STATEMENT,
        DENIED_STATEMENT,
        LOGIN,
        FAILED_LOGIN,
        POLICY_LOADED,
        POLICY_UNCHANGED,
        POLICY_REJECTED,
        FIRST_KEY,
        KEY_CHANGED,
        LOG_RECOVERED,
        GATEWAY_STARTED
    }
}
