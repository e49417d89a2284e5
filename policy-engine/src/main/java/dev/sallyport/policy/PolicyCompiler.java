package dev.sallyport.policy;

import dev.sallyport.config.ConfigError;
import dev.sallyport.config.Located;
import dev.sallyport.config.PolicyFile;
import dev.sallyport.config.PolicyFile.ActionTerm;
import dev.sallyport.config.Position;
import dev.sallyport.config.UsersFile;
import dev.sallyport.config.Words;
import dev.sallyport.sql.access.Action;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// From policy files to a {@link PolicySet}: all of it, or every error. Stateless; an instance
/// reads one set.
public final class PolicyCompiler {
    private static final Map<String, Action> ACTIONS =
            Stream.of(Action.values()).collect(Collectors.toUnmodifiableMap(Action::word, a -> a));

    private final List<ConfigError> errors = new ArrayList<>();
    private final Map<String, Position> ids = new HashMap<>();
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
        compiler.checkUsers(users, policies.roles());
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
        return new PolicySet(databases);
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
        var roles = new TreeMap<String, DatabasePolicy.Role>();
        var denies = new ArrayList<Rule.Deny>();
        for (var file : files) {
            for (var role : file.roles()) {
                var grants =
                        role.grants().stream().map(g -> grant(g, role.name().value())).toList();
                roles.put(
                        role.name().value(),
                        new DatabasePolicy.Role(role.name().value(), role.purpose(), grants));
            }
            for (var rule : file.deny()) denies.add(deny(rule, definedAt.keySet()));
        }
        return new DatabasePolicy(name, roles, denies);
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
        return new Rule.Grant(g.id().value(), order++, role, actions, on, g.definer());
    }

    private Rule.Deny deny(PolicyFile.DenyRule r, Set<String> roles) {
        checkId(r.id());
        var except = new HashSet<String>();
        for (var role : r.except()) {
            if (!roles.contains(role.value()))
                error(
                        role,
                        "there is no role '"
                                + role
                                + "' to except"
                                + suggestion(role.value(), roles));
            if (!except.add(role.value())) error(role, "role '" + role + "' is listed twice");
        }
        return new Rule.Deny(
                r.id().value(),
                order++,
                actions(r.actions(), r.columns()),
                patterns(r.on(), r.actions(), true),
                except,
                r.because());
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
                    error(
                            word,
                            "there is no action '"
                                    + word
                                    + "'"
                                    + suggestion(word.value(), ACTIONS.keySet()));
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

    private void checkUsers(UsersFile users, Set<String> roles) {
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
