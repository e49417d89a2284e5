package dev.sallyport.policy;

import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.PolicyFile;
import dev.sallyport.config.UsersFile;
import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.ColumnUse;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.StatementKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Policies from text and accesses from the notation of the fixtures: `select public.patients (id,
/// ssn) via reporting.v`, `execute pg_catalog.pg_sleep!sleeps`, `session setting:role`, `session
/// channel:alerts`, `ddl schema:lab`, `ddl type:public.mood`.
final class Fixtures {
    static final UsersFile NOBODY = new UsersFile(Path.of("users.yaml"), List.of());

    private static final Pattern ACCESS =
            Pattern.compile(
                    "([a-z-]+) (?:([a-z ]+):)?(?:([\\w*]+)\\.)?([\\w*.+]+)(?:!([a-z_]+))?(?:"
                            + " \\(([^)]*)\\))?(?: via (\\w+)\\.(\\w+))?");

    private Fixtures() {}

    static Path clinicFile() {
        return Path.of("../config/examples/policies/clinic.yaml");
    }

    static PolicySet clinic() {
        try {
            return compile(Files.readString(clinicFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static PolicyFile parse(String yaml) {
        return parse("policy.yaml", yaml);
    }

    static PolicyFile parse(String name, String yaml) {
        var errors = new ArrayList<ConfigError>();
        return ConfigLoader.parsePolicy(Path.of(name), yaml, errors::add)
                .orElseThrow(() -> new AssertionError("not well-formed: " + errors));
    }

    static PolicySet compile(String... yaml) {
        var files = Arrays.stream(yaml).map(Fixtures::parse).toList();
        return switch (PolicyCompiler.compile(files, NOBODY)) {
            case PolicyCompiler.Compiled c -> c.policies();
            case PolicyCompiler.Rejected r -> throw new AssertionError("rejected: " + r.errors());
        };
    }

    static List<String> errors(String... yaml) {
        var files = Arrays.stream(yaml).map(Fixtures::parse).toList();
        return switch (PolicyCompiler.compile(files, NOBODY)) {
            case PolicyCompiler.Compiled _ -> List.of();
            case PolicyCompiler.Rejected r ->
                    r.errors().stream().map(ConfigError::toString).toList();
        };
    }

    static Subject subject(String... roles) {
        return new Subject("somebody", Set.of(roles), Map.of());
    }

    static Decision decide(PolicySet policies, Subject subject, String... accesses) {
        return decide(policies, subject, StatementKind.SELECT, accesses);
    }

    static Decision decide(
            PolicySet policies, Subject subject, StatementKind kind, String... accesses) {
        return new PolicyDecisionPoint(policies)
                .decide(request(subject, footprint(kind, accesses)));
    }

    static final Circumstances CIRCUMSTANCES =
            new Circumstances(Instant.parse("2026-11-23T15:00:00Z"), "10.1.2.3", "psql");

    static AccessRequest request(Subject subject, Footprint footprint) {
        return new AccessRequest(subject, "clinic", footprint, CIRCUMSTANCES);
    }

    static Footprint footprint(StatementKind kind, String... accesses) {
        return new Footprint(
                kind,
                Arrays.stream(accesses).map(Fixtures::access).toList(),
                List.of(),
                Set.of(),
                List.of(),
                true,
                Map.of());
    }

    static Access access(String text) {
        var m = ACCESS.matcher(text);
        if (!m.matches()) throw new IllegalArgumentException("no access: " + text);
        var action = Action.valueOf(m.group(1).toUpperCase(Locale.ROOT).replace('-', '_'));
        var schema = m.group(3) == null ? "" : m.group(3);
        var columns =
                m.group(6) == null
                        ? List.<ColumnUse>of()
                        : Arrays.stream(m.group(6).split(", *"))
                                .map(c -> new ColumnUse(c, Set.of(Place.OUTPUT)))
                                .toList();
        Optional<Resource.Relation> via =
                m.group(7) == null ? Optional.empty() : Optional.of(view(m.group(7), m.group(8)));
        return new Access(
                action, resource(action, m.group(2), schema, m.group(4), m.group(5)), columns, via);
    }

    private static Resource resource(
            Action action, String kind, String schema, String name, String functionClass) {
        if (action == Action.EXECUTE)
            return new Resource.Function(
                    schema,
                    name,
                    functionClass == null
                            ? Resource.FunctionClass.USER_DEFINED
                            : Resource.FunctionClass.valueOf(
                                    functionClass.toUpperCase(Locale.ROOT)));
        if (kind == null)
            // A view is named so, that an access by name equals the one that others go via.
            return schema.equals("reporting") || name.startsWith("v_")
                    ? view(schema, name)
                    : new Resource.Relation(schema, name, Resource.RelationKind.TABLE);
        return switch (kind) {
            case "setting" -> new Resource.Setting(schema.isEmpty() ? name : schema + "." + name);
            case "schema" -> new Resource.Schema(name);
            default -> new Resource.Other(kind, schema, name);
        };
    }

    private static Resource.Relation view(String schema, String name) {
        return new Resource.Relation(schema, name, Resource.RelationKind.VIEW);
    }
}
