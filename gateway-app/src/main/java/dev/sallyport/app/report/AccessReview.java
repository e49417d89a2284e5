package dev.sallyport.app.report;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.search.Criterion;
import dev.sallyport.config.ConfigLoader;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// For each person: which roles, what was used, when last, and what was denied.
public final class AccessReview {
    private AccessReview() {}

    /// @param dormantAfter without a statement for this long, somebody is dormant
    /// @param now until when
    /// @param configuration whose users are reviewed as well when the log knows nothing of them
    public static Report of(
            Evidence log,
            Duration dormantAfter,
            Instant now,
            Optional<ConfigLoader.Loaded> configuration)
            throws AuditException, IOException {
        var people = new TreeSet<>(log.values(Criterion.USER, log.period()));
        people.removeIf(person -> person.startsWith("os:"));
        configuration.ifPresent(
                loaded -> loaded.users().users().forEach(user -> people.add(user.name().value())));
        List<Report.Section> sections = new ArrayList<>();
        for (var person : people) sections.add(section(log, person, dormantAfter, now));
        return new Report(
                "Access review",
                List.of(
                        "Each person of whom the log tells"
                                + (configuration.isPresent()
                                        ? ", and each in the users' file."
                                        : "; who is in the users' file and never came is missing"
                                                + " (--config)."),
                        "Roles are those of the last login in the period. Dormant: no statement for"
                                + " "
                                + dormantAfter.toDays()
                                + " days."),
                sections);
    }

    private static Report.Section section(
            Evidence log, String person, Duration dormantAfter, Instant now)
            throws AuditException, IOException {
        var own = log.period().with(Criterion.USER, person);
        var statements = own.with(Criterion.TYPE, "statement-intent");
        var logins = own.with(Criterion.TYPE, "login-succeeded");
        var roles = log.last(logins).map(entry -> entry.list("roles")).orElse(List.of());
        var last = log.last(statements).map(Entry::time).map(Instant::parse);
        List<Report.Figure> figures = new ArrayList<>();
        figures.add(log.entries("logins", logins));
        figures.add(log.entries("failed logins", own.with(Criterion.TYPE, "login-failed")));
        figures.add(log.entries("statements", statements));
        figures.add(log.entries("statements denied", statements.with(Criterion.VERDICT, "deny")));
        for (var table : log.values(Criterion.TABLE, statements.with(Criterion.VERDICT, "permit")))
            figures.add(
                    log.entries(
                            "permitted statements on " + table,
                            statements
                                    .with(Criterion.VERDICT, "permit")
                                    .with(Criterion.TABLE, table)));
        for (var table : log.values(Criterion.TABLE, statements.with(Criterion.VERDICT, "deny")))
            figures.add(
                    log.entries(
                            "denied statements on " + table,
                            statements
                                    .with(Criterion.VERDICT, "deny")
                                    .with(Criterion.TABLE, table)));
        var use =
                last.map(time ->
                                "Last statement "
                                        + time
                                        + (time.plus(dormantAfter).isBefore(now)
                                                ? ": DORMANT."
                                                : "."))
                        .orElse("No statement in the period: DORMANT.");
        return new Report.Section(
                person,
                "",
                Optional.empty(),
                (roles.isEmpty()
                                ? "No login in the period."
                                : "Roles: " + String.join(", ", roles) + ".")
                        + " "
                        + use,
                figures);
    }
}
