package dev.sallyport.sql;

import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.ColumnUse;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.OutputColumn;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.SessionChange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Footprints as fixtures write them: one access a line, `select public.patients (id:where
/// ssn:output,where) via public.v`.
final class FootprintText {
    private FootprintText() {}

    /// An answer as fixtures write it: `refused CODE reason`, or per statement its kind, its
    /// accesses, and what else is not empty.
    static List<String> analysis(Analysis analysis) {
        List<String> lines = new ArrayList<>();
        switch (analysis) {
            case Analysis.NotUnderstood(var code, var reason, _, _) ->
                    lines.add("refused " + code + " " + reason);
            case Analysis.Understood(var statements) -> {
                for (Analysis.Statement statement : statements) {
                    Footprint footprint = statement.footprint();
                    lines.add(footprint.kind().word() + (footprint.hasWhere() ? "" : " every row"));
                    lines.addAll(lines(footprint));
                    add(lines, "out ", outputs(footprint));
                    add(lines, "effects ", effects(footprint));
                    add(lines, "changes ", sessionChanges(footprint));
                }
            }
        }
        return lines;
    }

    private static void add(List<String> lines, String title, String content) {
        if (!content.isEmpty()) lines.add(title + content);
    }

    static List<String> lines(Footprint footprint) {
        List<String> lines = new ArrayList<>();
        for (Access access : footprint.accesses()) {
            // Operators' and everyday functions would drown the rest.
            if (access.resource() instanceof Resource.Function function
                    && (function.functionClass() == Resource.FunctionClass.COMPUTES
                            || function.functionClass() == Resource.FunctionClass.READS_CATALOG))
                continue;
            lines.add(line(access));
        }
        lines.sort(Comparator.naturalOrder());
        return lines;
    }

    static String outputs(Footprint footprint) {
        List<String> outputs = new ArrayList<>();
        for (OutputColumn output : footprint.outputs()) {
            List<String> from =
                    output.from().stream().map(c -> c.relation() + "." + c.column()).toList();
            outputs.add(output.name() + (from.isEmpty() ? "" : "=" + String.join("+", from)));
        }
        return String.join(" ", outputs);
    }

    static String effects(Footprint footprint) {
        return String.join(
                " ",
                footprint.effects().stream()
                        .map(effect -> effect.name().toLowerCase(Locale.ROOT))
                        .sorted()
                        .toList());
    }

    static String sessionChanges(Footprint footprint) {
        return String.join(
                " ",
                footprint.sessionChanges().stream()
                        .map(SessionChange::getClass)
                        .map(Class::getSimpleName)
                        .toList());
    }

    private static String line(Access access) {
        StringBuilder line = new StringBuilder(access.action().word()).append(' ');
        line.append(
                switch (access.resource()) {
                    case Resource.Relation relation -> relation.schema() + "." + relation.name();
                    case Resource.Function function ->
                            function.schema()
                                    + "."
                                    + function.name()
                                    + " "
                                    + function.functionClass()
                                            .name()
                                            .toLowerCase(Locale.ROOT)
                                            .replace('_', '-');
                    case Resource other -> other.describe();
                });
        if (!access.columns().isEmpty()) {
            List<String> columns =
                    access.columns().stream().map(FootprintText::column).sorted().toList();
            line.append(" (").append(String.join(" ", columns)).append(')');
        }
        access.via()
                .ifPresent(via ->
                        line.append(" via ").append(via.schema()).append('.').append(via.name()));
        return line.toString();
    }

    private static String column(ColumnUse use) {
        List<String> places = use.places().stream().sorted().map(FootprintText::place).toList();
        return use.column() + ":" + String.join(",", places);
    }

    private static String place(Place place) {
        return switch (place) {
            case PREDICATE -> "where";
            case OUTPUT, JOIN, SORT, GROUP, SOURCE, TARGET -> place.name().toLowerCase(Locale.ROOT);
        };
    }
}
