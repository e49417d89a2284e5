package dev.sallyport.sql.mysql;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.mysql.lexer.Dialect;
import dev.sallyport.sql.written.WrittenNames;
import dev.sallyport.sql.written.WrittenStatement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What a text names, in short.
final class Written {
    private Written() {}

    static List<WrittenStatement> statements(String sql, Dialect dialect) {
        return switch (WrittenNames.in(new SqlText(sql), dialect)) {
            case WrittenNames.Result.Found(var statements) -> statements;
            case WrittenNames.Result.Refused refused ->
                    throw new AssertionError(refused.answer().reason() + " in " + sql);
        };
    }

    /// The last parts of the relations' names, lower case.
    static Set<String> relations(String sql, Dialect dialect) {
        Set<String> names = new TreeSet<>();
        for (WrittenStatement statement : statements(sql, dialect))
            for (var relation : statement.relations())
                names.add(relation.name().getLast().toLowerCase(java.util.Locale.ROOT));
        return names;
    }

    /// `refused`, or the relations with blanks between.
    static String answer(String sql, Dialect dialect) {
        return switch (WrittenNames.in(new SqlText(sql), dialect)) {
            case WrittenNames.Result.Refused _ -> "refused";
            case WrittenNames.Result.Found _ -> String.join(" ", relations(sql, dialect));
        };
    }

    static Analysis.Code refusal(String sql, Dialect dialect) {
        return switch (WrittenNames.in(new SqlText(sql), dialect)) {
            case WrittenNames.Result.Refused(var answer) -> answer.code();
            case WrittenNames.Result.Found found ->
                    throw new AssertionError("understood: " + found.statements());
        };
    }

    /// Kind, then relations as `r:` and `w:`, functions as `f:` and `m:`, objects as `R:` and `W:`.
    static String line(WrittenStatement statement) {
        return String.join(
                        " ",
                        statement.kind().word(),
                        statement.relations().stream()
                                .map(r ->
                                        (r.use() == WrittenStatement.Use.WRITE ? "w:" : "r:")
                                                + String.join(".", r.name()))
                                .collect(Collectors.joining(" ")),
                        statement.functions().stream()
                                .map(f -> (f.called() ? "f:" : "m:") + String.join(".", f.name()))
                                .collect(Collectors.joining(" ")),
                        statement.objects().stream()
                                .map(o ->
                                        (o.use() == WrittenStatement.Use.WRITE ? "W:" : "R:")
                                                + o.type().replace(' ', '_')
                                                + "="
                                                + String.join(".", o.name()).replace(' ', '_'))
                                .collect(Collectors.joining(" ")))
                .replaceAll(" +", " ")
                .strip();
    }
}
