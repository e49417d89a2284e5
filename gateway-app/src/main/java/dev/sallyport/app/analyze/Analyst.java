package dev.sallyport.app.analyze;

import dev.sallyport.app.analyze.Answer.Column;
import dev.sallyport.app.analyze.Answer.Function;
import dev.sallyport.app.analyze.Answer.Other;
import dev.sallyport.app.analyze.Answer.Output;
import dev.sallyport.app.analyze.Answer.Relation;
import dev.sallyport.app.analyze.Answer.Touched;
import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.SqlAnalyzer;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.OutputColumn;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.SessionChange;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.functions.FunctionClasses;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.mysql.lexer.Dialect;
import dev.sallyport.sql.written.WrittenNames;
import dev.sallyport.sql.written.WrittenStatement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// Says what a text touches. Stateless; the two ways to know it.
sealed interface Analyst {
    /// As the newest server reads it; with a catalog it is read again, as the catalog's does.
    LexMode MODE = new LexMode(true, SqlAnalyzer.MAX_STATEMENT_CHARS, 18, false);

    Answer analyze(String sql);

    /// Positions in the text, counted from 1.
    static Answer.NotUnderstood refused(String sql, Analysis.NotUnderstood answer) {
        int line = 1;
        int lineStart = 0;
        int offset = Math.min(answer.where().start(), sql.length());
        for (int i = 0; i < offset; i++)
            if (sql.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        return Answer.NotUnderstood.of(
                answer.code(), answer.reason(), line, sql.codePointCount(lineStart, offset) + 1);
    }

    /// What a text does, under names that are known.
    interface Understanding {
        Analysis of(SqlText sql);
    }

    /// How a dialect writes a name's parts.
    interface Naming {
        String apply(List<String> parts);
    }

    /// Without a catalog: names as they are written.
    record AsWritten() implements Analyst {
        @Override
        public Answer analyze(String sql) {
            return switch (WrittenNames.in(new SqlText(sql), MODE)) {
                case WrittenNames.Result.Refused(var answer) -> refused(sql, answer);
                case WrittenNames.Result.Found(var statements) ->
                        new Answer.Understood(
                                false,
                                statements.stream()
                                        .map(statement -> touched(statement, Words::name))
                                        .toList());
            };
        }

        static Touched touched(WrittenStatement statement, Dialect dialect) {
            Touched touched = touched(statement, parts -> Words.mySqlName(parts, dialect));
            List<Function> functions = new ArrayList<>();
            for (var function : statement.functions())
                functions.add(
                        new Function(
                                Words.mySqlName(function.name(), dialect),
                                function.called() ? "execute" : "mention",
                                function.called() ? classOf(function.name()) : null,
                                null));
            return new Touched(
                    touched.kind(),
                    touched.relations(),
                    functions,
                    touched.objects(),
                    null,
                    null,
                    false,
                    touched.changesNames());
        }

        /// MySQL's own functions need no catalog to be told: without a database's name they come
        /// before stored ones.
        private static String classOf(List<String> name) {
            return Words.of(
                    name.size() == 1
                            ? FunctionClasses.ofMySql(name.getFirst())
                            : Resource.FunctionClass.USER_DEFINED);
        }

        static Touched touched(WrittenStatement statement, Naming name) {
            List<Relation> relations = new ArrayList<>();
            for (var relation : statement.relations())
                relations.add(
                        new Relation(
                                name.apply(relation.name()),
                                null,
                                null,
                                Words.of(relation.use()),
                                null,
                                null,
                                List.of(),
                                List.of()));
            List<Function> functions = new ArrayList<>();
            for (var function : statement.functions())
                functions.add(
                        new Function(
                                name.apply(function.name()),
                                function.called() ? "execute" : "mention",
                                null,
                                null));
            List<Other> objects = new ArrayList<>();
            for (var object : statement.objects())
                objects.add(
                        new Other(
                                object.type(),
                                object.name().isEmpty() ? "*" : name.apply(object.name()),
                                Words.of(object.use())));
            return new Touched(
                    statement.kind().word(),
                    relations,
                    functions,
                    objects,
                    null,
                    null,
                    false,
                    statement.changesLexing());
        }
    }

    /// The same of a text for MySQL or MariaDB.
    record MySqlAsWritten(Dialect dialect) implements Analyst {
        @Override
        public Answer analyze(String sql) {
            return switch (WrittenNames.in(new SqlText(sql), dialect)) {
                case WrittenNames.Result.Refused(var answer) -> refused(sql, answer);
                case WrittenNames.Result.Found(var statements) ->
                        new Answer.Understood(
                                false,
                                statements.stream()
                                        .map(statement -> AsWritten.touched(statement, dialect))
                                        .toList());
            };
        }
    }

    /// With a catalog, as the gateway does it.
    ///
    /// @param analysis of a text, under the names of that catalog
    record Resolving(Understanding analysis) implements Analyst {
        /// Settings that decide what names, or the text itself, mean.
        private static final Set<String> MEANING =
                Set.of(
                        "*",
                        "search_path",
                        "role",
                        "session_authorization",
                        "standard_conforming_strings",
                        "client_encoding");

        @Override
        public Answer analyze(String sql) {
            return switch (analysis.of(new SqlText(sql))) {
                case Analysis.NotUnderstood answer -> refused(sql, answer);
                case Analysis.Understood(var statements) ->
                        new Answer.Understood(
                                true,
                                statements.stream()
                                        .map(statement -> touched(statement.footprint()))
                                        .toList());
            };
        }

        private static Touched touched(Footprint footprint) {
            List<Relation> relations = new ArrayList<>();
            List<Function> functions = new ArrayList<>();
            List<Other> objects = new ArrayList<>();
            for (Access access : footprint.accesses()) {
                String action = access.action().word();
                String via =
                        access.via()
                                .map(view -> Words.name(view.schema(), view.name()))
                                .orElse(null);
                switch (access.resource()) {
                    case Resource.Relation relation ->
                            relations.add(
                                    new Relation(
                                            Words.name(relation.schema(), relation.name()),
                                            relation.kind().word(),
                                            action,
                                            accessOf(access.action()),
                                            via,
                                            columns(access),
                                            names(footprint.above(access)),
                                            names(footprint.below(access))));
                    case Resource.Function function ->
                            functions.add(
                                    new Function(
                                            Words.name(function.schema(), function.name()),
                                            action,
                                            Words.of(function.functionClass()),
                                            via));
                    case Resource.Setting setting ->
                            objects.add(new Other("setting", setting.name(), action));
                    case Resource.Schema schema ->
                            objects.add(new Other("schema", Words.name(schema.name()), action));
                    case Resource.Other other ->
                            objects.add(new Other(other.type(), nameOf(other), action));
                }
            }
            return new Touched(
                    footprint.kind().word(),
                    relations,
                    functions,
                    objects,
                    outputs(footprint),
                    footprint.effects().stream().sorted().map(Words::of).toList(),
                    !footprint.hasWhere(),
                    changesNames(footprint));
        }

        private static List<String> names(List<Resource.Relation> relations) {
            return relations.stream()
                    .map(relation -> Words.name(relation.schema(), relation.name()))
                    .sorted()
                    .toList();
        }

        private static String nameOf(Resource.Other other) {
            if (other.name().equals("*")) return "*";
            return other.schema().isEmpty()
                    ? Words.name(other.name())
                    : Words.name(other.schema(), other.name());
        }

        private static String accessOf(Action action) {
            return switch (action) {
                case SELECT, COPY_OUT, EXECUTE, SESSION -> "read";
                case INSERT, UPDATE, DELETE, TRUNCATE, DDL, COPY_IN, ADMIN -> "write";
            };
        }

        private static List<Column> columns(Access access) {
            return access.columns().stream()
                    .map(use ->
                            new Column(
                                    Words.name(use.column()),
                                    use.places().stream().sorted().map(Words::of).toList()))
                    .toList();
        }

        /// For a statement that is only named now, the columns that it will return.
        private static List<Output> outputs(Footprint footprint) {
            List<OutputColumn> columns = new ArrayList<>(footprint.outputs());
            for (SessionChange change : footprint.sessionChanges())
                switch (change) {
                    case SessionChange.Prepares prepares -> {
                        if (footprint.kind() == StatementKind.PREPARE)
                            columns.addAll(prepares.inner().outputs());
                    }
                    case SessionChange.DeclaresCursor declares -> {
                        if (footprint.kind() == StatementKind.DECLARE_CURSOR)
                            columns.addAll(declares.query().outputs());
                    }
                    case SessionChange.Executes _,
                            SessionChange.Deallocates _,
                            SessionChange.DeallocatesAll _,
                            SessionChange.UsesCursor _,
                            SessionChange.ClosesCursor _,
                            SessionChange.ClosesAllCursors _,
                            SessionChange.DiscardsAll _ -> {}
                }
            return columns.stream().map(Resolving::output).toList();
        }

        private static Output output(OutputColumn column) {
            return new Output(
                    column.name(),
                    column.from().stream()
                            .map(base -> Words.name(base.schema(), base.relation(), base.column()))
                            .toList());
        }

        /// By what the statement says itself. What users' functions change unseen isn't followed.
        private static boolean changesNames(Footprint footprint) {
            Collection<Effect> effects = footprint.effects();
            boolean definition =
                    switch (footprint.kind()) {
                        case DDL, ADMIN, SET -> effects.contains(Effect.NAME_RESOLUTION);
                        case SELECT,
                                INSERT,
                                UPDATE,
                                DELETE,
                                MERGE,
                                TRUNCATE,
                                COPY_IN,
                                COPY_OUT,
                                EXPLAIN,
                                CALL,
                                SHOW,
                                TRANSACTION,
                                PREPARE,
                                EXECUTE,
                                DEALLOCATE,
                                DECLARE_CURSOR,
                                FETCH,
                                CLOSE_CURSOR,
                                LISTEN,
                                LOCK,
                                EMPTY ->
                                false;
                    };
            return definition
                    || footprint.accesses().stream()
                            .anyMatch(access ->
                                    access.action() == Action.SESSION
                                            && effects.contains(Effect.NAME_RESOLUTION)
                                            && access.resource()
                                                    instanceof Resource.Setting(var name)
                                            && MEANING.contains(name));
        }
    }
}
