package dev.sallyport.app.report;

import static dev.sallyport.app.report.Report.Status.INHERITED;
import static dev.sallyport.app.report.Report.Status.MET;
import static dev.sallyport.app.report.Report.Status.NOT_MET;
import static dev.sallyport.app.report.Report.Status.NOT_TESTED;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.search.Criterion;
import dev.sallyport.audit.verify.VerifyResult;
import dev.sallyport.config.ConfigLoader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Control by control, what the log and the configuration show of the HIPAA Security Rule and the
/// related controls of NIST SP 800-53. What they don't show is said to be not tested.
public final class HipaaReport {
    private final Evidence log;
    private final VerifyResult verified;
    private final boolean keysGiven;
    private final Optional<ConfigLoader.Loaded> configuration;
    private final List<Report.Section> sections = new ArrayList<>();

    private HipaaReport(
            Evidence log,
            VerifyResult verified,
            boolean keysGiven,
            Optional<ConfigLoader.Loaded> configuration) {
        this.log = log;
        this.verified = verified;
        this.keysGiven = keysGiven;
        this.configuration = configuration;
    }

    /// @param verified what `audit verify` says of the store
    /// @param keysGiven whether it was verified against public keys from outside
    public static Report of(
            Evidence log,
            VerifyResult verified,
            boolean keysGiven,
            Optional<ConfigLoader.Loaded> configuration)
            throws AuditException, IOException {
        var report = new HipaaReport(log, verified, keysGiven, configuration);
        report.accessControl();
        report.auditControls();
        report.authentication();
        report.transmission();
        return new Report(
                "HIPAA Security Rule: evidence of the gateway",
                List.of(
                        "About the databases behind this gateway, as far as they are reached"
                                + " through it. Evidence is the log"
                                + (configuration.isPresent()
                                        ? " and the configuration."
                                        : "; without --config nothing is said of the"
                                                + " configuration."),
                        "Policies, training, contracts and everything else that is not in them is"
                                + " not tested here; a control that is met here may fail"
                                + " elsewhere."),
                report.sections);
    }

    private void accessControl() throws AuditException, IOException {
        var statements = log.type("statement-intent");
        var all = log.entries("statements decided", statements);
        var permitted = log.entries("permitted", statements.with(Criterion.VERDICT, "permit"));
        var denied = log.entries("denied", statements.with(Criterion.VERDICT, "deny"));
        var loaded = log.entries("policies loaded", log.type("policy-loaded"));
        add(
                "Access control: only what was granted",
                "45 CFR 164.312(a)(1), 164.308(a)(4); NIST AC-3, AC-6",
                all.value() == 0
                        ? NOT_TESTED
                        : permitted.value() + denied.value() == all.value() && loaded.value() > 0
                                ? MET
                                : NOT_MET,
                "Each statement was decided by a policy before it ran, column by column; what no"
                        + " rule grants is denied. Whether the policy grants too much is for the"
                        + " access review to say.",
                all,
                permitted,
                denied,
                loaded);
        add(
                "Workforce security, account management",
                "45 CFR 164.308(a)(3), 164.308(a)(4)(ii)(B)-(C); NIST AC-2",
                NOT_TESTED,
                "`audit report access-review` lists each person, roles, use and dormancy; that"
                        + " somebody reviewed it is not in the log.",
                loaded,
                log.entries("policies rejected", log.type("policy-rejected")));
        add(
                "Separation of duties",
                "NIST AC-5",
                NOT_TESTED,
                "The log does not tell which duties are to be separate.");
        add(
                "Unique user identification",
                "45 CFR 164.312(a)(2)(i); NIST IA-2, AC-2",
                log.ask(log.type("session-started")).entries() == 0 ? NOT_TESTED : MET,
                "Each session belongs to one name of the users' file. That a name is one person's"
                        + " alone cannot be seen here.",
                log.entries("sessions", log.type("session-started")));
        var emergencies = log.entries("uses of break-glass", log.type("break-glass"));
        add(
                "Emergency access procedure",
                "45 CFR 164.312(a)(2)(ii)",
                emergencies.value() == 0 ? NOT_TESTED : MET,
                "Without a use in the period there is no evidence that the procedure works.",
                emergencies);
        add(
                "Automatic logoff",
                "45 CFR 164.312(a)(2)(iii); NIST AC-11, AC-12",
                configuration.isPresent() ? MET : NOT_TESTED,
                configuration
                        .map(c ->
                                "Sessions end after "
                                        + c.config().sessions().idle()
                                        + " without a statement and after "
                                        + c.config().sessions().maxAge()
                                        + " in any case (ISO 8601 durations). Screens are the"
                                        + " workstations' part.")
                        .orElse("The limits are in the configuration (--config)."),
                log.entries("sessions ended", log.type("session-ended")));
        add(
                "Encryption at rest",
                "45 CFR 164.312(a)(2)(iv); NIST SC-28",
                INHERITED,
                "The databases' and the disks' part.");
    }

    private void auditControls() throws AuditException, IOException {
        boolean sound = verified.exitCode() == 0;
        var everything = log.entries("entries", log.period());
        var permitted = log.type("statement-intent").with(Criterion.VERDICT, "permit");
        var unknown =
                log.entries(
                        "outcomes unknown (a crash, a lost database)",
                        log.type("statement-outcome").with(Criterion.STATUS, "unknown"));
        add(
                "Audit controls: events and their content",
                "45 CFR 164.312(b); NIST AU-2, AU-3, AU-12",
                everything.value() == 0 ? NOT_TESTED : sound ? MET : NOT_MET,
                "Who, from where, what, decided how and by which rule, before the statement ran;"
                        + " how it ended afterwards.",
                everything,
                log.entries("permitted statements", permitted),
                log.entries("outcomes", log.type("statement-outcome")),
                unknown);
        var reads = log.entries("reads of the log", log.type("log-read"));
        add(
                "Information system activity review",
                "45 CFR 164.308(a)(1)(ii)(D); NIST AU-6",
                reads.value() == 0 ? NOT_MET : NOT_TESTED,
                reads.value() == 0
                        ? "Nobody read the log in the period, as far as reads were recorded."
                        : "The log was read. That what it says was reviewed, and acted upon, is not"
                                + " in the log.",
                reads);
        add(
                "Protection of audit information",
                "NIST AU-9; 45 CFR 164.312(c)(1)-(2) for the log",
                sound ? MET : NOT_MET,
                "`audit verify`: " + verified.describe().lines().findFirst().orElse(""),
                log.entries("recoveries after a crash", log.type("recovered")));
        add(
                "Non-repudiation",
                "NIST AU-10",
                !sound ? NOT_MET : keysGiven ? MET : NOT_TESTED,
                keysGiven
                        ? "Signed by a key that was given from outside."
                        : "Verified without keys from outside (--keys): who has the store and its"
                                + " key could have made another.",
                log.entries("keys of the log", log.type("log-key")));
        add(
                "Retention of audit records",
                "45 CFR 164.316(b)(2)(i); NIST AU-11",
                NOT_TESTED,
                "The log reaches back to its first entry; six years of documents, and copies"
                        + " elsewhere, are not for the log to show.",
                log.entries("entries", log.period()));
        add(
                "Integrity of health information",
                "45 CFR 164.312(c)(1)-(2)",
                INHERITED,
                "The databases' part. Changes through the gateway are recorded as statements.",
                log.entries("inserts", log.type("statement-intent").with(Criterion.KIND, "INSERT")),
                log.entries("updates", log.type("statement-intent").with(Criterion.KIND, "UPDATE")),
                log.entries(
                        "deletes", log.type("statement-intent").with(Criterion.KIND, "DELETE")));
    }

    private void authentication() throws AuditException, IOException {
        var succeeded = log.entries("logins", log.type("login-succeeded"));
        var failed = log.entries("failed logins", log.type("login-failed"));
        add(
                "Person or entity authentication",
                "45 CFR 164.312(d); NIST IA-2",
                succeeded.value() == 0 ? NOT_TESTED : MET,
                "By password (SCRAM) against a stored verifier; there is no second factor, so"
                        + " IA-2(1) is not met.",
                succeeded,
                failed);
        add(
                "Unsuccessful logon attempts",
                "NIST AC-7; 45 CFR 164.308(a)(5)(ii)(C)",
                configuration.isPresent() ? MET : NOT_TESTED,
                configuration
                        .map(c ->
                                "After "
                                        + c.config().login().failuresBeforeDelay()
                                        + " failures further attempts are refused for "
                                        + c.config().login().lockFor()
                                        + " (ISO 8601 duration).")
                        .orElse("The limits are in the configuration (--config)."),
                failed);
    }

    /// What the gateway itself wrote down when it started last.
    private void transmission() throws AuditException, IOException {
        var started = log.type("gateway-started");
        Map<String, String> open = new TreeMap<>();
        Map<String, String> ways = new TreeMap<>();
        log.last(started)
                .map(entry -> entry.event().get("settings"))
                .filter(Map.class::isInstance)
                .map(Map.class::cast)
                .ifPresent(settings ->
                        settings.forEach((key, value) -> {
                            var name = String.valueOf(key);
                            var how = String.valueOf(value);
                            if (!name.matches("(listener|database) .*")) return;
                            ways.put(name, how);
                            if (!how.equals("TLS required")
                                    && !how.matches(".*, TLS verify-(full|ca)"))
                                open.put(name, how);
                        }));
        add(
                "Transmission security",
                "45 CFR 164.312(e)(1)-(2); NIST SC-8",
                ways.isEmpty() ? NOT_TESTED : open.isEmpty() ? MET : NOT_MET,
                ways.isEmpty()
                        ? "No start of the gateway in the period tells of its listeners."
                        : open.isEmpty()
                                ? "At the last start every listener required TLS, and every"
                                        + " database had to show its certificate."
                                : "Without required TLS or a verified certificate at the last"
                                        + " start: "
                                        + open
                                        + ". The gateway allows that on loopback addresses, and"
                                        + " 'require' anywhere.",
                log.entries("starts of the gateway", started));
    }

    private void add(
            String title,
            String references,
            Report.Status status,
            String says,
            Report.Figure... figures) {
        sections.add(
                new Report.Section(title, references, Optional.of(status), says, List.of(figures)));
    }
}
