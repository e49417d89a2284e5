package dev.sallyport.policy;

import dev.sallyport.sql.access.Action;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The rules as sorted lines: what two equal policies have in common and two different ones don't.
final class CanonicalForm {
    private CanonicalForm() {}

    static String sha256(Collection<DatabasePolicy> policies, Collection<Separation> separations) {
        var lines = new TreeSet<String>();
        policies.forEach(p -> addLines(p, lines));
        for (var s : separations)
            lines.add(line("separation", s.id(), line(sorted(s.names())), s.because()));
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update("sallyport policy 2\n".getBytes(StandardCharsets.UTF_8));
            for (var line : lines) digest.update((line + "\n").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void addLines(DatabasePolicy p, TreeSet<String> lines) {
        lines.add(line("database", p.database()));
        for (var role : p.roles().values()) {
            lines.add(line("role", p.database(), role.name(), role.purpose()));
            for (var g : role.grants())
                lines.add(
                        line(
                                "grant",
                                p.database(),
                                g.role(),
                                g.id(),
                                line(actions(g.actions())),
                                line(patterns(g.on())),
                                g.mask().map(MaskPlan::toString).orElse(""),
                                g.rows().map(RowTemplate::text).orElse(""),
                                g.when().map(Condition::text).orElse(""),
                                g.limits().words(),
                                g.definer() ? "definer" : ""));
        }
        for (var e : p.classification().entries())
            lines.add(line("class", p.database(), e.dataClass(), e.toString()));
        for (var f : p.forced())
            lines.add(
                    line(
                            "force",
                            p.database(),
                            f.id(),
                            line(patterns(f.on())),
                            f.mask().map(MaskPlan::toString).orElse(""),
                            f.rows().map(RowTemplate::text).orElse(""),
                            f.when().map(Condition::text).orElse(""),
                            f.limits().words(),
                            line(sorted(f.except()))));
        for (var d : p.denies())
            lines.add(
                    line(
                            "deny",
                            p.database(),
                            d.id(),
                            line(actions(d.actions())),
                            line(patterns(d.on())),
                            d.when().map(Condition::text).orElse(""),
                            line(sorted(d.except())),
                            d.because()));
    }

    private static String[] actions(Map<Action, Columns> actions) {
        var words = new ArrayList<String>();
        actions.forEach((action, columns) ->
                words.add(
                        switch (columns) {
                            case Columns.All _ -> action.word();
                            case Columns.Only only ->
                                    line(action.word(), line(sorted(only.names())));
                        }));
        return sorted(words);
    }

    private static String[] patterns(List<ResourcePattern> on) {
        return sorted(
                on.stream()
                        .map(p -> line(p.kind(), p.schema(), p.name(), p.match().name()))
                        .toList());
    }

    private static String[] sorted(Collection<String> words) {
        return words.stream().sorted().distinct().toArray(String[]::new);
    }

    /// Each part with its length before it, so that no two lists of parts give the same line.
    private static String line(String... parts) {
        var line = new StringBuilder();
        for (var part : parts) line.append(part.length()).append(':').append(part).append(' ');
        return line.toString();
    }
}
