package dev.sallyport.policy;

import dev.sallyport.config.Located;
import dev.sallyport.config.PolicyFile;
import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Kin;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.StatementKind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The policy's meaning, written for reading and not for speed, straight from the files' text: no
/// index, no compiled form, every rule looked at every time. Shares the {@link Floor}'s lists with
/// the real one and nothing else.
final class ReferenceEvaluator {
    private final List<PolicyFile> files;

    ReferenceEvaluator(List<PolicyFile> files) {
        this.files = files;
    }

    boolean permits(Set<String> roles, Footprint footprint) {
        var known =
                files.stream()
                        .flatMap(f -> f.roles().stream())
                        .anyMatch(r -> roles.contains(r.name().value()));
        return known && footprint.accesses().stream().allMatch(a -> permits(roles, a, footprint));
    }

    private boolean permits(Set<String> roles, Access access, Footprint footprint) {
        if (denied(roles, access, access.resource())) return false;
        for (var other : inCommon(access, footprint))
            if (denied(roles, access, other)) return false;
        if (access.columns().isEmpty() && permitsPart(roles, access, footprint)) return true;
        if (!access.columns().isEmpty()
                && access.columns().stream()
                        .map(c ->
                                new Access(
                                        access.action(),
                                        access.resource(),
                                        List.of(c),
                                        access.via()))
                        .allMatch(part -> permitsPart(roles, part, footprint))) return true;
        return access.via().isPresent()
                && List.of(Action.SELECT, Action.EXECUTE, Action.COPY_OUT).contains(access.action())
                && trusted(roles, access.via().get(), footprint, new HashSet<>());
    }

    /// What has rows in common with what the access reaches.
    private static Set<Resource> inCommon(Access access, Footprint footprint) {
        var kin = access.resource() instanceof Resource.Relation r ? footprint.kin().get(r) : null;
        if (kin == null) return Set.of();
        var all = new HashSet<Resource>(kin.above());
        var adds = Set.of(Action.INSERT, Action.COPY_IN, Action.COPY_OUT).contains(access.action());
        if (!adds
                || ((Resource.Relation) access.resource()).kind()
                        == Resource.RelationKind.PARTITIONED_TABLE) all.addAll(kin.below());
        return all;
    }

    private boolean permitsPart(Set<String> roles, Access part, Footprint footprint) {
        return granted(roles, part, false) || Floor.permits(part, footprint).isPresent();
    }

    /// Every way in which the statement reaches the view is by a definer grant or through a trusted
    /// view.
    private boolean trusted(
            Set<String> roles,
            Resource.Relation view,
            Footprint footprint,
            Set<Resource.Relation> above) {
        if (!above.add(view)) return false;
        var toView = footprint.accesses().stream().filter(a -> a.resource().equals(view)).toList();
        var ok =
                !toView.isEmpty()
                        && toView.stream()
                                .allMatch(a ->
                                        (a.via().isPresent()
                                                        && trusted(
                                                                roles,
                                                                a.via().get(),
                                                                footprint,
                                                                above))
                                                || (List.of(Action.SELECT, Action.COPY_OUT)
                                                                .contains(a.action())
                                                        && granted(roles, a, true)));
        above.remove(view);
        return ok;
    }

    private boolean granted(Set<String> roles, Access access, boolean definerOnly) {
        var grants =
                files.stream()
                        .flatMap(f -> f.roles().stream())
                        .filter(r -> roles.contains(r.name().value()))
                        .flatMap(r -> r.grants().stream())
                        .filter(g -> !definerOnly || g.definer())
                        .filter(g ->
                                g.on().stream()
                                        .anyMatch(p -> grantMatches(p.value(), access.resource())))
                        .toList();
        if (access.columns().isEmpty())
            return grants.stream()
                    .anyMatch(g -> columns(g.allow(), g.columns(), access.action()).isPresent());
        return access.columns().stream()
                .allMatch(c ->
                        grants.stream()
                                .anyMatch(g ->
                                        columns(g.allow(), g.columns(), access.action())
                                                .filter(cs ->
                                                        cs.isEmpty() || cs.contains(c.column()))
                                                .isPresent()));
    }

    private boolean denied(Set<String> roles, Access access, Resource resource) {
        return files.stream()
                .flatMap(f -> f.deny().stream())
                .filter(d -> d.except().stream().noneMatch(e -> roles.contains(e.value())))
                .filter(d -> d.on().stream().anyMatch(p -> matches(p.value(), resource)))
                .anyMatch(d ->
                        columns(d.actions(), d.columns(), access.action())
                                .filter(cs ->
                                        cs.isEmpty()
                                                || access.columns().stream()
                                                        .anyMatch(c -> cs.contains(c.column())))
                                .isPresent());
    }

    /// Absent: the rule doesn't speak of the action; empty: of all columns.
    private static Optional<List<String>> columns(
            List<PolicyFile.ActionTerm> terms,
            Optional<List<Located<String>>> shared,
            Action action) {
        return terms.stream()
                .filter(t -> t.action().value().equals(action.word()))
                .findFirst()
                .map(t ->
                        List.of(Action.SELECT, Action.INSERT, Action.UPDATE).contains(action)
                                ? t.columns().or(() -> shared).orElse(List.of()).stream()
                                        .map(Located::value)
                                        .toList()
                                : List.of());
    }

    private static boolean grantMatches(String pattern, Resource resource) {
        if (!matches(pattern, resource)) return false;
        if (resource instanceof Resource.Function f && !harmlessOrUsers(f))
            return !pattern.contains("*");
        if (!pattern.equals("*")) return true;
        return switch (resource) {
            case Resource.Relation r -> !Floor.isServersOwn(r.schema());
            case Resource.Function f -> !Floor.isServersOwn(f.schema());
            case Resource.Schema s -> !Floor.isServersOwn(s.name());
            case Resource.Setting _ -> false;
            case Resource.Other o -> !o.schema().isEmpty() && !Floor.isServersOwn(o.schema());
        };
    }

    private static boolean harmlessOrUsers(Resource.Function f) {
        return Set.of(
                        Resource.FunctionClass.COMPUTES,
                        Resource.FunctionClass.READS_CATALOG,
                        Resource.FunctionClass.USER_DEFINED)
                .contains(f.functionClass());
    }

    private static boolean matches(String pattern, Resource resource) {
        if (pattern.equals("*")) return true;
        return switch (resource) {
            case Resource.Relation r -> glob(pattern, r.schema() + "." + r.name());
            case Resource.Function f -> glob(pattern, f.schema() + "." + f.name());
            case Resource.Schema s -> glob(pattern, "schema:" + s.name());
            case Resource.Setting s -> glob(pattern, "setting:" + s.name());
            case Resource.Other o ->
                    o.schema().isEmpty()
                            ? glob(pattern, o.type() + ":" + o.name())
                            : glob(pattern, o.schema() + "." + o.name())
                                    || glob(pattern, o.type() + ":" + o.schema() + "." + o.name())
                                    || pattern.equals(o.type() + ":*");
        };
    }

    private static boolean glob(String pattern, String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }

    static Footprint footprint(StatementKind kind, List<Access> accesses) {
        return footprint(kind, accesses, Map.of());
    }

    static Footprint footprint(
            StatementKind kind, List<Access> accesses, Map<Resource.Relation, Kin> kin) {
        return new Footprint(kind, accesses, List.of(), Set.of(), List.of(), true, kin);
    }
}
