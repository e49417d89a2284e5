package dev.sallyport.policy;

import dev.sallyport.config.ConfigError;
import dev.sallyport.config.Located;
import dev.sallyport.config.PolicyFile;
import dev.sallyport.config.PolicyFile.ActionTerm;
import dev.sallyport.config.Position;
import dev.sallyport.config.SourceText;
import dev.sallyport.config.UsersFile;
import dev.sallyport.config.Words;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.condition.SqlCondition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// From policy files to a {@link PolicySet}: all of it, or every error. Stateless; an instance
/// reads one set.
public final class PolicyCompiler {
    private static final Map<String, Action> ACTIONS =
            Stream.of(Action.values()).collect(Collectors.toUnmodifiableMap(Action::word, a -> a));

    private final List<ConfigError> errors = new ArrayList<>();
    private final Map<String, Position> ids = new HashMap<>();
    private final ConditionCompiler conditions = new ConditionCompiler();
    private Classification classification = Classification.NONE;
    private int order;

    private PolicyCompiler() {}

    public sealed interface Result {}

    public record Compiled(PolicySet policies) implements Result {}

    /// @param errors at least one, by file, line and column
    public record Rejected(List<ConfigError> errors) implements Result {
        public Rejected {
            errors = List.copyOf(errors);
        }
    }

    /// @param users whose roles must exist in the policies
    public static Result compile(List<PolicyFile> files, UsersFile users) {
        var compiler = new PolicyCompiler();
        var policies = compiler.policySet(files);
        compiler.checkUsers(users, policies);
        if (compiler.errors.isEmpty()) return new Compiled(policies);
        compiler.errors.sort(
                Comparator.comparing(ConfigError::file)
                        .thenComparingInt(ConfigError::line)
                        .thenComparingInt(ConfigError::column));
        return new Rejected(compiler.errors);
    }

    private PolicySet policySet(List<PolicyFile> files) {
        var byDatabase = new LinkedHashMap<String, List<PolicyFile>>();
        for (var f : files)
            byDatabase.computeIfAbsent(f.database().value(), _ -> new ArrayList<>()).add(f);
        var databases = new TreeMap<String, DatabasePolicy>();
        byDatabase.forEach((name, ofDatabase) -> databases.put(name, database(name, ofDatabase)));
        return new PolicySet(databases, separations(files), ids);
    }

    private List<Separation> separations(List<PolicyFile> files) {
        var roles = new TreeSet<String>();
        for (var f : files) for (var role : f.roles()) roles.add(role.name().value());
        var separations = new ArrayList<Separation>();
        for (var f : files)
            for (var s : f.oversight().separation()) separations.add(separation(s, roles));
        return separations;
    }

    private Separation separation(PolicyFile.Separation s, Set<String> roles) {
        checkId(s.id());
        var seen = new HashSet<String>();
        for (var name : s.exclusive()) {
            if (!seen.add(name.value())) error(name, "'" + name + "' is listed twice");
            if (!name.value().equals(PolicyFile.Separation.EVERY_OTHER)
                    && !name.value().isEmpty()
                    && !roles.contains(name.value()))
                error(
                        name,
                        "no policy defines a role '"
                                + name
                                + "' to keep apart"
                                + suggestion(name.value(), roles));
        }
        boolean everyOther = seen.remove(PolicyFile.Separation.EVERY_OTHER);
        if (seen.isEmpty() || seen.size() == 1 && !everyOther)
            error(
                    s.id(),
                    "separation rule '"
                            + s.id()
                            + "' keeps nothing apart: name two roles at least, or one and \"*\"");
        return new Separation(s.id().value(), seen, everyOther, s.because());
    }

    private DatabasePolicy database(String name, List<PolicyFile> files) {
        var definedAt = new HashMap<String, Position>();
        for (var role : files.stream().flatMap(f -> f.roles().stream()).toList()) {
            var before = definedAt.putIfAbsent(role.name().value(), role.name().at());
            if (before != null)
                error(
                        role.name(),
                        "role '"
                                + role.name()
                                + "' of database "
                                + name
                                + " is defined already, in "
                                + before
                                + ": put its grants together");
        }
        if (definedAt.isEmpty())
            errors.add(
                    new ConfigError(
                            files.getFirst().database().at(),
                            "no role is defined for database '" + name + "': nobody could use it"));
        classification = classification(files);
        var roles = new TreeMap<String, DatabasePolicy.Role>();
        var forced = new ArrayList<Rule.Force>();
        var denies = new ArrayList<Rule.Deny>();
        for (var file : files) {
            for (var role : file.roles()) {
                var grants =
                        role.grants().stream().map(g -> grant(g, role.name().value())).toList();
                roles.put(
                        role.name().value(),
                        new DatabasePolicy.Role(role.name().value(), role.purpose(), grants));
            }
            for (var rule : file.force()) forced.add(force(rule, definedAt.keySet()));
            for (var rule : file.deny()) denies.add(deny(rule, definedAt.keySet()));
        }
        return new DatabasePolicy(name, classification, roles, forced, denies);
    }

    private Classification classification(List<PolicyFile> files) {
        var entries = new ArrayList<Classification.Entry>();
        var seen = new HashMap<String, Position>();
        for (var file : files)
            for (var classified : file.classify()) {
                var dataClass = classified.dataClass();
                if (SafeHarbor.isProtected(dataClass.value())
                        && !SafeHarbor.MASKS.containsKey(dataClass.value()))
                    error(
                            dataClass,
                            "there is no class '"
                                    + dataClass
                                    + "' of protected health information"
                                    + suggestion(dataClass.value(), SafeHarbor.MASKS.keySet()));
                for (var column : classified.columns())
                    try {
                        var entry = columnPattern(dataClass.value(), column.value());
                        var before = seen.putIfAbsent(dataClass + " " + entry, column.at());
                        if (before != null)
                            error(
                                    column,
                                    "'" + column + "' is " + dataClass + " already, in " + before);
                        entries.add(entry);
                    } catch (ResourcePattern.Malformed e) {
                        error(column, e.reason());
                    }
            }
        return new Classification(entries);
    }

    private static Classification.Entry columnPattern(String dataClass, String text)
            throws ResourcePattern.Malformed {
        var parts = ResourcePattern.parts(text);
        if (parts.size() != 3)
            throw new ResourcePattern.Malformed(
                    "'"
                            + text
                            + "' must name a column as schema.table.column; '*' may stand for every"
                            + " table or column, or end its name");
        if (parts.getFirst().endsWith("*"))
            throw new ResourcePattern.Malformed("'" + text + "': a schema is named in full");
        return new Classification.Entry(
                dataClass,
                ResourcePattern.identifier(parts.getFirst(), text),
                part(parts.get(1), text),
                part(parts.get(2), text));
    }

    private static Classification.Part part(String text, String whole)
            throws ResourcePattern.Malformed {
        if (text.equals("*")) return new Classification.Part("", ResourcePattern.Match.ALL);
        if (text.endsWith("*") && !text.startsWith("\""))
            return new Classification.Part(
                    ResourcePattern.identifier(text.substring(0, text.length() - 1), whole),
                    ResourcePattern.Match.PREFIX);
        return new Classification.Part(
                ResourcePattern.identifier(text, whole), ResourcePattern.Match.EXACT);
    }

    private Rule.Grant grant(PolicyFile.Grant g, String role) {
        checkId(g.id());
        var actions = actions(g.allow(), g.columns());
        var on = patterns(g.on(), g.allow(), false);
        if (g.definer() && !actions.containsKey(Action.SELECT))
            error(
                    g.id(),
                    "'definer' is about reading through views: grant '"
                            + g.id()
                            + "' needs select");
        g.mask().ifPresent(mask -> checkActions(g, "mask", mask.at(), MASKED));
        g.rows().ifPresent(rows -> checkActions(g, "rows", rows.at(), FILTERED));
        g.limit().ifPresent(limit -> checkActions(g, "limit", limit.at(), LIMITED));
        return new Rule.Grant(
                g.id().value(),
                order++,
                role,
                actions,
                on,
                g.mask().map(mask -> masks(mask, actions.get(Action.SELECT))),
                g.rows().flatMap(this::rows),
                g.when().flatMap(this::condition),
                g.limit().map(this::limits).orElse(Limits.NONE),
                g.definer());
    }

    /// What a grant's key concerns, and what may stand beside that in the same grant.
    private record Concerns(Set<Action> actions, Set<Action> beside) {}

    private static final Concerns MASKED =
            new Concerns(EnumSet.of(Action.SELECT), EnumSet.allOf(Action.class));

    private static final Concerns FILTERED =
            new Concerns(
                    EnumSet.of(Action.SELECT, Action.UPDATE, Action.DELETE, Action.COPY_OUT),
                    EnumSet.of(Action.SELECT, Action.UPDATE, Action.DELETE, Action.COPY_OUT));

    private static final Concerns LIMITED =
            new Concerns(EnumSet.of(Action.SELECT, Action.COPY_OUT), EnumSet.allOf(Action.class));

    private void checkActions(PolicyFile.Grant g, String key, Position at, Concerns concerns) {
        var actions = new ArrayList<Action>();
        for (var term : g.allow()) {
            var action = ACTIONS.get(term.action().value());
            if (action == null) continue;
            actions.add(action);
            if (!concerns.beside.contains(action))
                error(
                        term.action(),
                        "'"
                                + key
                                + "' can't restrict "
                                + action.word()
                                + ": put it into a grant of its own");
        }
        if (!actions.isEmpty() && actions.stream().noneMatch(concerns.actions::contains))
            errors.add(
                    new ConfigError(
                            at,
                            "'"
                                    + key
                                    + "' is about "
                                    + concerns.actions.stream()
                                            .map(Action::word)
                                            .collect(Collectors.joining(" or "))
                                    + ", which grant '"
                                    + g.id()
                                    + "' doesn't allow"));
    }

    private MaskPlan masks(PolicyFile.Masking masking, @Nullable Columns granted) {
        var columns = new TreeMap<String, MaskPlan.Choice>();
        var classes = new TreeMap<String, MaskPlan.Choice>();
        Optional<MaskPlan.Choice> all = Optional.empty();
        switch (masking) {
            case PolicyFile.Masking.All(var word) -> {
                all = mask(word);
                if (all.isPresent()) checkClassified(word, SafeHarbor.FAMILY + ".*", all.get());
            }
            case PolicyFile.Masking.Each(var terms, _) -> {
                for (var term : terms) {
                    var choice = mask(term.mask());
                    if (choice.isEmpty()) continue;
                    if (isClass(term.what().value())) {
                        classes.put(term.what().value(), choice.get());
                        checkClassified(term.what(), term.what().value(), new MaskPlan.Standard());
                        continue;
                    }
                    try {
                        var column =
                                ResourcePattern.identifier(
                                        term.what().value(), term.what().value());
                        if (granted != null && !granted.has(column))
                            error(
                                    term.what(),
                                    "column '"
                                            + term.what()
                                            + "' isn't granted for select here, so masking it does"
                                            + " nothing");
                        columns.put(column, choice.get());
                        checkStandard(term, choice.get());
                    } catch (ResourcePattern.Malformed e) {
                        error(term.what(), e.reason());
                    }
                }
            }
        }
        return new MaskPlan(columns, classes, all);
    }

    /// A class of data has a dot in its name here, a column none (or it is in quotes).
    private static boolean isClass(String name) {
        return name.indexOf('.') > 0 && !name.startsWith("\"");
    }

    private Optional<MaskPlan.Choice> mask(Located<String> word) {
        if (word.value().isEmpty()) return Optional.empty();
        try {
            return Optional.of(MaskWords.parse(word.value()));
        } catch (ResourcePattern.Malformed e) {
            error(word, e.reason());
            return Optional.empty();
        }
    }

    /// A mask for a class that no column has masks nothing.
    private void checkClassified(Located<String> where, String dataClass, MaskPlan.Choice choice) {
        if (choice instanceof MaskPlan.Fixed) return;
        if (isKnown(dataClass)) return;
        var classes = classification.classes();
        error(
                where,
                noSuchClass(dataClass)
                        + "so this masks nothing"
                        + (classes.isEmpty() ? "" : suggestion(dataClass, classes)));
    }

    /// Whether some column has the class, or one of the family.
    private boolean isKnown(String dataClass) {
        var classes = classification.classes();
        if (!dataClass.endsWith(".*")) return classes.contains(dataClass);
        var family = dataClass.substring(0, dataClass.length() - 1);
        return classes.stream().anyMatch(c -> c.startsWith(family));
    }

    private static String noSuchClass(String dataClass) {
        return "'classify' gives no column of this database the class '" + dataClass + "', ";
    }

    /// `ssn: safe-harbor` needs a class to go by.
    private void checkStandard(PolicyFile.MaskTerm term, MaskPlan.Choice choice) {
        if (choice instanceof MaskPlan.Standard)
            error(
                    term.mask(),
                    "safe-harbor goes by the class of data: name a class (phi.*), or a mask for"
                            + " column '"
                            + term.what()
                            + "'");
    }

    private Optional<RowTemplate> rows(SourceText rows) {
        if (rows.text().isBlank()) return Optional.empty();
        return switch (SqlCondition.read(rows.text())) {
            case SqlCondition.Understood(var condition) ->
                    Optional.of(new RowTemplate(rows.text().strip(), condition));
            case SqlCondition.Malformed(var reason, var offset) -> {
                var before = rows.text().substring(0, offset);
                errors.add(
                        new ConfigError(
                                rows.place(
                                        1 + (int) before.chars().filter(c -> c == '\n').count(),
                                        before.codePointCount(
                                                before.lastIndexOf('\n') + 1, before.length())),
                                "rows: " + reason));
                yield Optional.empty();
            }
        };
    }

    private Optional<Condition> condition(SourceText when) {
        if (when.text().isBlank()) return Optional.empty();
        return switch (conditions.compile(when.text())) {
            case ConditionCompiler.Compiled(var condition) -> Optional.of(condition);
            case ConditionCompiler.Rejected(var problems) -> {
                for (var p : problems)
                    errors.add(new ConfigError(when.place(p.line(), p.column()), p.message()));
                yield Optional.empty();
            }
        };
    }

    private Limits limits(PolicyFile.Limit limit) {
        var classes = new TreeSet<String>();
        for (var c : limit.classes())
            if (isKnown(c.value())) classes.add(c.value());
            else error(c, noSuchClass(c.value()) + "so this limits nothing");
        return new Limits(
                limit.rows(),
                limit.bytes(),
                limit.time(),
                new Limits.Quota(limit.perHour().rows(), limit.perHour().bytes()),
                new Limits.Quota(limit.perDay().rows(), limit.perDay().bytes()),
                classes);
    }

    private Rule.Force force(PolicyFile.ForceRule r, Set<String> roles) {
        checkId(r.id());
        if (r.mask().isEmpty() && r.rows().isEmpty() && r.limit().isEmpty())
            error(r.id(), "force rule '" + r.id() + "' needs 'mask', 'rows' or 'limit'");
        var on = patterns(r.on(), List.of(), true);
        for (var text : r.on())
            if (on.stream().anyMatch(p -> !p.kind().isEmpty() && p.toString().equals(text.value())))
                error(text, "'" + text + "' has no rows: name tables, as public.patients");
        return new Rule.Force(
                r.id().value(),
                order++,
                r.on().isEmpty() ? List.of(ResourcePattern.EVERYTHING) : on,
                r.mask().map(mask -> masks(mask, null)),
                r.rows().flatMap(this::rows),
                r.when().flatMap(this::condition),
                r.limit().map(this::limits).orElse(Limits.NONE),
                except(r.except(), roles));
    }

    private Rule.Deny deny(PolicyFile.DenyRule r, Set<String> roles) {
        checkId(r.id());
        return new Rule.Deny(
                r.id().value(),
                order++,
                actions(r.actions(), r.columns()),
                r.on().isEmpty()
                        ? List.of(ResourcePattern.EVERYTHING)
                        : patterns(r.on(), r.actions(), true),
                r.when().flatMap(this::condition),
                except(r.except(), roles),
                r.because());
    }

    private Set<String> except(List<Located<String>> spared, Set<String> roles) {
        var except = new HashSet<String>();
        for (var role : spared) {
            if (!roles.contains(role.value()))
                error(
                        role,
                        "there is no role '"
                                + role
                                + "' to except"
                                + suggestion(role.value(), roles));
            if (!except.add(role.value())) error(role, "role '" + role + "' is listed twice");
        }
        return except;
    }

    private void checkId(Located<String> id) {
        var before = ids.putIfAbsent(id.value(), id.at());
        if (before != null)
            error(
                    id,
                    "there is a rule '"
                            + id
                            + "' already, in "
                            + before
                            + ": audit entries name rules by id, so each needs its own");
    }

    private Map<Action, Columns> actions(
            List<ActionTerm> terms, Optional<List<Located<String>>> ruleColumns) {
        var shared = ruleColumns.map(this::columns);
        var actions = new EnumMap<Action, Columns>(Action.class);
        for (var term : terms) {
            var word = term.action();
            var action = ACTIONS.get(word.value());
            if (action == null) {
                if (!word.value().isEmpty())
                    error(word, "there is no action '" + word + "'" + meant(word.value()));
                continue;
            }
            if (actions.put(action, columns(term, action, shared)) != null)
                error(word, "action '" + word + "' is listed twice");
        }
        if (ruleColumns.isPresent()
                && !actions.isEmpty()
                && actions.keySet().stream().noneMatch(Wording::takesColumns))
            error(
                    ruleColumns.get().getFirst(),
                    "none of the actions works on columns: remove 'columns'");
        return actions;
    }

    private Columns columns(ActionTerm term, Action action, Optional<Columns> shared) {
        if (term.columns().isPresent()) {
            if (!Wording.takesColumns(action))
                error(
                        term.action(),
                        "'" + action.word() + "' has no columns: write it without them");
            return columns(term.columns().get());
        }
        if (shared.isEmpty()) return Columns.ALL;
        return switch (action) {
            case SELECT, INSERT, UPDATE -> shared.get();
            // Copying is always judged beside the columns' select or insert.
            case COPY_IN, COPY_OUT -> Columns.ALL;
            case DELETE, TRUNCATE, EXECUTE, DDL, ADMIN, SESSION -> {
                error(
                        term.action(),
                        "'columns' can't restrict "
                                + action.word()
                                + ", which concerns the whole: put it into a rule of its own");
                yield Columns.ALL;
            }
        };
    }

    private Columns columns(List<Located<String>> names) {
        var columns = new LinkedHashSet<String>();
        for (var name : names) {
            if (name.value().equals("*")) {
                error(name, "'*' is no column: leave 'columns' out to mean all of them");
                continue;
            }
            try {
                if (!columns.add(ResourcePattern.identifier(name.value(), name.value())))
                    error(name, "column '" + name + "' is listed twice");
            } catch (ResourcePattern.Malformed e) {
                error(name, e.reason());
            }
        }
        return new Columns.Only(columns);
    }

    private List<ResourcePattern> patterns(
            List<Located<String>> texts, List<ActionTerm> terms, boolean denies) {
        var patterns = new LinkedHashSet<ResourcePattern>();
        for (var text : texts) {
            if (text.value().isEmpty()) continue;
            try {
                var pattern = ResourcePattern.parse(text.value());
                if (!patterns.add(pattern)) error(text, "'" + text + "' is listed twice");
                checkApplies(pattern, text, terms, denies);
            } catch (ResourcePattern.Malformed e) {
                error(text, e.reason());
            }
        }
        return List.copyOf(patterns);
    }

    /// A rule of which nothing can ever come is a mistake of its author's.
    private void checkApplies(
            ResourcePattern pattern, Located<String> text, List<ActionTerm> terms, boolean denies) {
        var actions =
                terms.stream()
                        .map(t -> Optional.ofNullable(ACTIONS.get(t.action().value())))
                        .flatMap(Optional::stream)
                        .toList();
        var everything = pattern.match() == ResourcePattern.Match.EVERYTHING;
        if (!pattern.namesObjects()
                && !actions.isEmpty()
                && actions.stream().allMatch(this::needsObject))
            error(
                    text,
                    "'"
                            + text
                            + "' can't be the object of "
                            + actions.stream().map(Action::word).collect(Collectors.joining(" or "))
                            + ": those work on schema.name");
        if (everything
                && !denies
                && !actions.isEmpty()
                && actions.stream().allMatch(this::isServers))
            error(
                    text,
                    "\"*\" grants no "
                            + actions.stream().map(Action::word).collect(Collectors.joining(" or "))
                            + ": name what it is about, as setting:NAME, role:* or channel:*");
    }

    private boolean needsObject(Action action) {
        return switch (action) {
            case SELECT, INSERT, UPDATE, DELETE, TRUNCATE, EXECUTE, COPY_IN, COPY_OUT -> true;
            case DDL, ADMIN, SESSION -> false;
        };
    }

    /// Concerns what belongs to the server, mostly.
    private boolean isServers(Action action) {
        return action == Action.ADMIN;
    }

    private void checkUsers(UsersFile users, PolicySet policies) {
        for (var user : users.users())
            for (var s : policies.separations())
                s.conflict(user.roleNames())
                        .ifPresent(conflict ->
                                error(
                                        user.roles().stream()
                                                .filter(r ->
                                                        r.value().equals(conflict.one())
                                                                || r.value()
                                                                        .equals(conflict.other()))
                                                .reduce((_, later) -> later)
                                                .orElse(user.name()),
                                        "user '" + user.name() + "' holds " + conflict.words()));
        var roles = policies.roles();
        for (var user : users.users())
            for (var role : user.roles())
                if (!roles.contains(role.value()))
                    error(
                            role,
                            "user '"
                                    + user.name()
                                    + "' has role '"
                                    + role
                                    + "', which no policy defines"
                                    + suggestion(role.value(), roles));
    }

    /// What other products call an action.
    private static final Map<String, String> MEANT =
            Map.ofEntries(
                    Map.entry("read", "select"),
                    Map.entry("view", "select"),
                    Map.entry("query", "select"),
                    Map.entry("write", "insert, update or delete"),
                    Map.entry("modify", "insert, update or delete"),
                    Map.entry("copy", "copy-out or copy-in"),
                    Map.entry("export", "copy-out"),
                    Map.entry("import", "copy-in"),
                    Map.entry("create", "ddl"),
                    Map.entry("alter", "ddl"),
                    Map.entry("drop", "ddl"),
                    Map.entry("call", "execute"),
                    Map.entry("run", "execute"),
                    Map.entry("set", "session"));

    private static String meant(String word) {
        var meant = MEANT.get(word.toLowerCase(Locale.ROOT));
        return meant == null ? suggestion(word, ACTIONS.keySet()) : "; did you mean " + meant + "?";
    }

    private static String suggestion(String word, Set<String> known) {
        return Words.nearest(word, known)
                .map(near -> "; did you mean '" + near + "'?")
                .orElseGet(() ->
                        known.isEmpty()
                                ? ""
                                : "; there are: " + String.join(", ", new TreeSet<>(known)));
    }

    private void error(Located<?> where, String message) {
        errors.add(new ConfigError(where.at(), message));
    }
}
