package dev.sallyport.policy;

import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.ColumnUse;
import dev.sallyport.sql.access.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Accesses and refusals in words, for people and for the log. Names only, never a literal.
public final class Wording {
    private Wording() {}

    /// As audit entries hold it: `select public.patients (id, last_name)`.
    public static String of(Access access) {
        return of(access, access.columns().stream().map(ColumnUse::column).toList());
    }

    static String of(Access access, Collection<String> columns) {
        var words = access.action().word() + " " + pattern(access.resource());
        if (!columns.isEmpty()) words += " (" + names(columns) + ")";
        return words + access.via().map(v -> " via " + pattern(v)).orElse("");
    }

    /// The resource as a policy's `on` names it.
    static String pattern(Resource resource) {
        return switch (resource) {
            case Resource.Relation r -> qualified(r.schema(), r.name());
            case Resource.Function f -> qualified(f.schema(), f.name());
            case Resource.Schema s -> "schema:" + quoted(s.name());
            case Resource.Setting s -> "setting:" + orAll(s.name());
            case Resource.Other o ->
                    o.schema().isEmpty()
                            ? o.type() + ":" + orAll(o.name())
                            : o.type() + ":" + qualified(o.schema(), o.name());
        };
    }

    /// `column public.patients.ssn`, `columns public.patients.ssn, phone` or `table
    /// public.patients`.
    static String object(Resource resource, Collection<String> columns) {
        if (columns.isEmpty()) return printable(resource.describe());
        return (columns.size() == 1 ? "column " : "columns ")
                + pattern(resource)
                + "."
                + names(columns);
    }

    static String notGranted(Access access, Collection<String> columns) {
        var many = columns.size() > 1;
        return object(access.resource(), columns)
                + access.via().map(v -> byWayOf(v) + ",").orElse("")
                + (many ? " are" : " is")
                + " not granted to you for "
                + access.action().word();
    }

    /// @param kin the table that the rule is about, if another
    static String denied(
            Access access,
            Collection<String> columns,
            Rule.Restriction rule,
            Optional<Resource.Relation> kin) {
        return "rule "
                + rule.id()
                + " denies "
                + access.action().word()
                + " on "
                + object(access.resource(), columns)
                + access.via().map(Wording::byWayOf).orElse("")
                + kin.map(k -> ", which has rows in common with " + k.describe()).orElse("")
                + (rule.because().isEmpty() ? "" : ": " + rule.because());
    }

    /// A view reads what its definition names; a statement about a table sets off its triggers,
    /// defaults, foreign keys and row security; rules are either's.
    private static String byWayOf(Resource.Relation via) {
        return switch (via.kind()) {
            case VIEW, MATERIALIZED_VIEW -> ", which view " + pattern(via) + " reads";
            case TABLE, PARTITIONED_TABLE, FOREIGN_TABLE, SEQUENCE, INDEX, COMPOSITE_TYPE ->
                    ", which table " + pattern(via) + " sets off";
        };
    }

    /// The smallest grant that would do, as it stands in a policy file.
    static String narrowestGrant(Access access, Collection<String> columns) {
        return grant(List.of(access.action()), access.resource(), columns, false);
    }

    static String grant(
            List<Action> actions, Resource resource, Collection<String> columns, boolean definer) {
        var parts = new ArrayList<String>();
        var words = actions.stream().map(Action::word).distinct().sorted();
        parts.add("allow: [" + words.collect(Collectors.joining(", ")) + "]");
        parts.add("on: [" + pattern(resource) + "]");
        if (!columns.isEmpty()) parts.add("columns: [" + names(columns) + "]");
        else if (actions.stream().anyMatch(a -> takesColumns(a, resource)))
            parts.add("columns: [any one of them]");
        if (definer) parts.add("definer: true");
        return "{" + String.join(", ", parts) + "}";
    }

    /// The part of a grant that a statement uses of a relation, its limit left out.
    ///
    /// @param masks by column, as the grant shows it; empty: the statement names none
    static Limited.Narrowest narrowest(
            Rule.Grant grant,
            Resource.Relation relation,
            boolean copiedOut,
            Map<String, Optional<Mask>> masks) {
        var actions = copiedOut ? List.of(Action.SELECT, Action.COPY_OUT) : List.of(Action.SELECT);
        var keys = new StringBuilder(grant(actions, relation, masks.keySet(), grant.definer()));
        keys.deleteCharAt(0).deleteCharAt(keys.length() - 1);
        var masked = new TreeMap<String, String>();
        masks.forEach((column, mask) ->
                mask.ifPresent(m -> masked.put(quoted(column), single(m.word()))));
        if (!masked.isEmpty())
            keys.append(
                    masked.entrySet().stream()
                            .map(e -> e.getKey() + ": " + e.getValue())
                            .collect(Collectors.joining(", ", ", mask: {", "}")));
        grant.rows().ifPresent(rows -> keys.append(", rows: ").append(single(rows.text())));
        grant.when().ifPresent(when -> keys.append(", when: ").append(single(when.text())));
        return new Limited.Narrowest(keys.toString());
    }

    /// A YAML scalar, in single quotes.
    private static String single(String text) {
        return "'" + printable(text).replace("'", "''") + "'";
    }

    static boolean takesColumns(Action action, Resource resource) {
        return resource instanceof Resource.Relation && takesColumns(action);
    }

    static boolean takesColumns(Action action) {
        return switch (action) {
            case SELECT, INSERT, UPDATE -> true;
            case DELETE, TRUNCATE, EXECUTE, DDL, COPY_IN, COPY_OUT, ADMIN, SESSION -> false;
        };
    }

    /// How a column appears: `redact`, `as it is where (...), else null`.
    public static String shown(Shown shown) {
        return shown(shown, RowFilter::describe);
    }

    static String shown(Shown shown, Function<RowFilter, String> filter) {
        var words = new StringBuilder();
        for (var c : shown.cases())
            words.append(form(c.then()))
                    .append(" where ")
                    .append(anyOf(c.when(), filter))
                    .append(", else ");
        return words + form(shown.otherwise());
    }

    /// Which rows count: `(provider_id = ?) and (deleted_at IS NULL)`.
    public static String rows(RowCondition condition) {
        return rows(condition, RowFilter::describe);
    }

    static String rows(RowCondition condition, Function<RowFilter, String> filter) {
        return condition.all().stream()
                .map(any -> anyOf(any, filter))
                .collect(Collectors.joining(" and "));
    }

    private static String anyOf(RowCondition.AnyOf any, Function<RowFilter, String> filter) {
        return any.filters().stream()
                .map(f -> "(" + filter.apply(f) + ")")
                .collect(Collectors.joining(" or "));
    }

    private static String form(Shown.Form form) {
        return switch (form) {
            case Shown.Plain _ -> "as it is";
            case Shown.Masked(var mask) -> mask.word();
        };
    }

    static String list(List<String> items, int most) {
        var shown = String.join(", ", items.subList(0, Math.min(most, items.size())));
        return items.size() <= most ? shown : shown + " and " + (items.size() - most) + " more";
    }

    static String names(Collection<String> columns) {
        return columns.stream().map(Wording::quoted).collect(Collectors.joining(", "));
    }

    private static String qualified(String schema, String name) {
        return schema.isEmpty() ? quoted(name) : quoted(schema) + "." + quoted(name);
    }

    /// The analyzer's `*` where a statement names none in particular.
    private static String orAll(String name) {
        return name.equals("*") ? name : quoted(name);
    }

    private static String quoted(String name) {
        return printable(ResourcePattern.quoted(name));
    }

    /// Names come from clients: no control character of theirs reaches a terminal or a log line.
    private static String printable(String text) {
        var clean = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c -> {
                    var type = Character.getType(c);
                    var hidden =
                            type == Character.CONTROL
                                    || type == Character.FORMAT
                                    || type == Character.LINE_SEPARATOR
                                    || type == Character.PARAGRAPH_SEPARATOR
                                    || type == Character.SURROGATE;
                    clean.appendCodePoint(hidden ? '?' : c);
                });
        return clean.toString();
    }
}
