package dev.sallyport.gateway;

import dev.sallyport.audit.Confidential.Parameter;
import dev.sallyport.audit.subject.SubjectKey;
import dev.sallyport.policy.PolicyNames;
import dev.sallyport.policy.PolicySet;
import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Kin;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.SessionChange;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.selection.Constant;
import dev.sallyport.sql.selection.RowSelection;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whom a statement is about: tokens of the identifiers that it names in columns of the class
/// `subject`, and where it may be about others that it doesn't name. Any thread.
///
/// INVARIANT: a person whose rows a statement touches is named by a token, or the statement is
/// open. So everything that isn't understood here makes it open.
final class SubjectIndex {
    /// The class of data (`classify`) of columns that identify the person a row is about.
    static final String CLASS = "subject";

    /// A statement that names more is open besides.
    static final int MAX_TOKENS = 500;

    private final SubjectKey key;
    private final String origin;
    private volatile Asked lastAsked = new Asked(null, false);

    SubjectIndex(SubjectKey key, String origin) {
        this.key = key;
        this.origin = origin;
    }

    String keyId() {
        return key.id();
    }

    /// @param tokens of those it names
    /// @param open columns that may hold others, as `public.patients.id`, and functions that may
    ///   reach them
    record Subjects(List<String> tokens, List<String> open) {
        static final Subjects NONE = new Subjects(List.of(), List.of());
    }

    /// What of a statement's footprint identifies people; worked out once for each policy.
    ///
    /// @param open whatever the values are
    record Concern(PolicySet policies, String database, List<Held> held, Set<String> open) {
        boolean isNone() {
            return held.isEmpty() && open.isEmpty();
        }
    }

    /// A column that identifies people, at one place of the text.
    record Held(RowSelection selection, Catalog.Column column, String name) {}

    /// Whether anything is a subject's under these policies.
    boolean concerns(PolicySet policies) {
        var known = lastAsked;
        if (known.policies != policies) {
            known = new Asked(policies, concernsAny(policies));
            lastAsked = known;
        }
        return known.any;
    }

    static boolean concernsAny(PolicySet policies) {
        return policies.databases().stream()
                .anyMatch(database -> PolicyNames.hasClass(policies, database, CLASS));
    }

    private record Asked(@Nullable PolicySet policies, boolean any) {}

    /// @param values of the message at hand
    Subjects of(Plan plan, PolicySet policies, String database, Heard heard, boolean utf8) {
        // A statement that is only prepared touches nobody.
        if (plan.main().kind() == StatementKind.PREPARE) return Subjects.NONE;
        boolean concerns = false;
        for (var facts : plan.all()) concerns |= !concern(facts, policies, database).isNone();
        if (!concerns) return Subjects.NONE;
        var tokens = new LinkedHashSet<String>();
        var open = new LinkedHashSet<String>();
        var values = heard.values();
        var types = heard.types();
        var bound =
                new SubjectValues.Bound(
                        n -> n >= 1 && n <= values.size() ? values.get(n - 1) : null,
                        n -> n >= 1 && n <= types.length ? types[n - 1] : 0,
                        utf8);
        add(concern(plan.main(), policies, database), bound, tokens, open);
        var arguments = arguments(plan.main(), bound);
        for (var facts : plan.held())
            add(
                    concern(facts, policies, database),
                    facts.selections.plainParameters() ? arguments : SubjectValues.Bound.NOTHING,
                    tokens,
                    open);
        if (tokens.size() > MAX_TOKENS) {
            open.add("more than " + MAX_TOKENS + " values");
            return new Subjects(tokens.stream().limit(MAX_TOKENS).toList(), List.copyOf(open));
        }
        return new Subjects(List.copyOf(tokens), List.copyOf(open));
    }

    /// What EXECUTE gives to the statement that it names.
    private static SubjectValues.Bound arguments(StatementFacts main, SubjectValues.Bound outer) {
        var given = main.selections.arguments();
        if (given.isEmpty()
                || main.footprint.sessionChanges().stream()
                        .noneMatch(SessionChange.Executes.class::isInstance))
            return SubjectValues.Bound.NOTHING;
        return new SubjectValues.Bound(
                n -> n >= 1 && n <= given.size() ? argument(given.get(n - 1), outer) : null,
                _ -> 0,
                true);
    }

    private static @Nullable Parameter argument(
            Optional<Constant> given, SubjectValues.Bound outer) {
        return switch (given.orElse(null)) {
            case null -> null;
            case Constant.Null _ -> new Parameter.Null();
            case Constant.Text(var text) -> new Parameter.Text(text);
            // A fraction may be rounded on its way into the parameter.
            case Constant.Number(var digits) ->
                    digits.matches("-?[0-9]+") ? new Parameter.Text(digits) : null;
            case Constant.Parameter(int number, var cast) ->
                    cast.isEmpty() && outer.values().apply(number) instanceof Parameter.Text text
                            ? text
                            : null;
            case Constant.Elements _ -> null;
        };
    }

    private void add(
            Concern concern, SubjectValues.Bound bound, Set<String> tokens, Set<String> open) {
        open.addAll(concern.open);
        for (var held : concern.held) {
            if (!held.selection.limitedBy().contains(held.column.name())) open.add(held.name);
            for (var compared : held.selection.compared()) {
                if (!compared.column().equals(held.column.name())) continue;
                var values = SubjectValues.of(compared.constant(), held.column.type(), bound);
                if (values.isEmpty()) open.add(held.name);
                else
                    for (var value : values.get())
                        tokens.add(key.token(origin, value.kind(), value.text()));
            }
        }
    }

    private static Concern concern(StatementFacts facts, PolicySet policies, String database) {
        var known = facts.concern;
        if (known != null && known.policies == policies && known.database.equals(database))
            return known;
        var fresh = work(facts, policies, database);
        facts.concern = fresh;
        return fresh;
    }

    private static Concern work(StatementFacts facts, PolicySet policies, String database) {
        var held = new ArrayList<Held>();
        var open = new LinkedHashSet<String>();
        boolean any = PolicyNames.hasClass(policies, database, CLASS);
        if (any)
            for (var access : facts.footprint.accesses())
                switch (access.resource()) {
                    case Resource.Relation relation ->
                            rows(facts, access, relation, policies, database, held, open);
                    case Resource.Function(var schema, var name, var functionClass) -> {
                        switch (functionClass) {
                            case COMPUTES,
                                    READS_CATALOG,
                                    READS_FILES,
                                    CHANGES_SETTINGS,
                                    AFFECTS_OTHER_SESSIONS,
                                    SLEEPS -> {}
                            // What it does with rows, it doesn't say.
                            case READS_DATA,
                                    RUNS_SQL,
                                    CHANGES_DATA,
                                    NETWORK,
                                    USER_DEFINED,
                                    UNCLASSIFIED ->
                                    open.add("function " + schema + "." + name);
                        }
                    }
                    case Resource.Setting _, Resource.Schema _, Resource.Other _ -> {}
                }
        return new Concern(policies, database, List.copyOf(held), Set.copyOf(open));
    }

    private static void rows(
            StatementFacts facts,
            Access access,
            Resource.Relation relation,
            PolicySet policies,
            String database,
            List<Held> held,
            Set<String> open) {
        boolean touchesRows =
                switch (access.action()) {
                    case SELECT, INSERT, UPDATE, DELETE, TRUNCATE, COPY_IN, COPY_OUT -> true;
                    case EXECUTE, DDL, ADMIN, SESSION -> false;
                };
        if (!touchesRows) return;
        var selections = new ArrayList<RowSelection>();
        for (var selection : facts.selections.rows())
            if (selection.relation().resource().equals(relation)) selections.add(selection);
        var known = facts.relation(relation);
        if (known == null) {
            // Without its columns: by their names in the policy alone.
            if (PolicyNames.hasClass(policies, database, relation, CLASS))
                open.add(relation.schema() + "." + relation.name());
            return;
        }
        // Its rows are rows of these, too, or theirs are met through it.
        var kin = facts.footprint.kin().getOrDefault(relation, Kin.NONE);
        var kindred = new ArrayList<>(kin.above());
        kindred.addAll(kin.below());
        boolean any = false;
        for (var column : known.columns()) {
            boolean identifies =
                    PolicyNames.dataClasses(policies, database, relation, column.name())
                            .contains(CLASS);
            for (var other : kindred)
                identifies |=
                        PolicyNames.dataClasses(policies, database, other, column.name())
                                .contains(CLASS);
            if (!identifies) continue;
            any = true;
            var name = relation.schema() + "." + relation.name() + "." + column.name();
            // By way of a view or a trigger: the text doesn't say which rows.
            boolean byTheText =
                    access.via().isEmpty()
                            && !selections.isEmpty()
                            && SubjectValues.canTell(column.type());
            if (!byTheText) open.add(name);
            for (var selection : selections) {
                var place = new Held(selection, column, name);
                if (!held.contains(place)) held.add(place);
            }
        }
        if (!any)
            for (var other : kindred)
                if (PolicyNames.hasClass(policies, database, other, CLASS))
                    open.add(other.schema() + "." + other.name());
    }
}
