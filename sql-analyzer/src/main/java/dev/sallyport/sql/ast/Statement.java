package dev.sallyport.sql.ast;

import dev.sallyport.sql.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One SQL statement. Queries, DML, COPY, EXPLAIN, cursors, PREPARE, CREATE TABLE AS and views are
/// full trees; other definitions and utilities are the strict but shallow {@link Ddl}.
public sealed interface Statement extends Node {

    /// What may stand in a CTE, PREPARE, COPY (...): a query or DML.
    sealed interface Preparable extends Statement
            permits Query, Insert, Update, Delete, Merge, MySqlStatement.Dml {
        @Nullable With with();
    }

    /// What only MySQL and MariaDB have.
    sealed interface OfMySql extends Statement permits MySqlStatement {}

    // ---------------------------------------------------------------- DML

    /// The relation that a DML statement writes; never a CTE.
    ///
    /// @param reference the span of the name with ONLY and `*`
    record Target(
            QualifiedName name, boolean only, @Nullable Identifier alias, Span reference, Span span)
            implements Node {}

    /// A column written to, with fields and subscripts of it (`a.f[i]`).
    ///
    /// @param subscripts the expressions inside brackets
    record TargetColumn(
            Identifier name, List<Identifier> fields, List<Expression> subscripts, Span span)
            implements Node {
        public TargetColumn {
            fields = List.copyOf(fields);
            subscripts = List.copyOf(subscripts);
        }
    }

    /// `column = value` or `(columns) = value`.
    ///
    /// @param multiple written with parentheses: the value is then a row, a sub-select or, for one
    ///   column, any expression
    record Assignment(List<TargetColumn> columns, boolean multiple, Expression value, Span span)
            implements Node {
        public Assignment {
            columns = List.copyOf(columns);
        }
    }

    /// RETURNING, with PostgreSQL 18's `WITH (OLD AS o, NEW AS n)`.
    record Returning(
            @Nullable Identifier oldAlias,
            @Nullable Identifier newAlias,
            List<Query.SelectItem> items,
            Span span)
            implements Node {
        public Returning {
            items = List.copyOf(items);
        }
    }

    /// @param columns empty when not written
    /// @param source null for DEFAULT VALUES
    record Insert(
            @Nullable With with,
            Target target,
            List<TargetColumn> columns,
            Overriding overriding,
            @Nullable Query source,
            @Nullable OnConflict onConflict,
            @Nullable Returning returning,
            Span span)
            implements Preparable {
        public Insert {
            columns = List.copyOf(columns);
        }
    }

    enum Overriding {
        NONE,
        SYSTEM,
        USER
    }

    /// @param constraint ON CONFLICT ON CONSTRAINT
    /// @param update DO UPDATE rather than DO NOTHING
    /// @param condition the span of WHERE with its condition; empty where one could stand
    record OnConflict(
            List<IndexElement> inference,
            @Nullable Expression inferenceWhere,
            @Nullable Identifier constraint,
            boolean update,
            List<Assignment> assignments,
            @Nullable Expression where,
            Span condition,
            Span span)
            implements Node {
        public OnConflict {
            inference = List.copyOf(inference);
            assignments = List.copyOf(assignments);
        }
    }

    /// A column or expression of an index or of a conflict target.
    record IndexElement(
            Expression expression,
            @Nullable QualifiedName collation,
            @Nullable QualifiedName operatorClass,
            Span span)
            implements Node {}

    /// @param condition the span of WHERE with its condition; empty where one could stand
    record Update(
            @Nullable With with,
            Target target,
            List<Assignment> assignments,
            List<Relation> from,
            @Nullable Expression where,
            Span condition,
            @Nullable Returning returning,
            Span span)
            implements Preparable {
        public Update {
            assignments = List.copyOf(assignments);
            from = List.copyOf(from);
        }
    }

    /// @param condition the span of WHERE with its condition; empty where one could stand
    record Delete(
            @Nullable With with,
            Target target,
            List<Relation> using,
            @Nullable Expression where,
            Span condition,
            @Nullable Returning returning,
            Span span)
            implements Preparable {
        public Delete {
            using = List.copyOf(using);
        }
    }

    /// @param condition the span of ON with its condition
    record Merge(
            @Nullable With with,
            Target target,
            Relation using,
            Expression on,
            Span condition,
            List<MergeWhen> whens,
            @Nullable Returning returning,
            Span span)
            implements Preparable {
        public Merge {
            whens = List.copyOf(whens);
        }
    }

    /// @param guard the span of AND with the condition; empty where it could stand
    record MergeWhen(
            MergeMatch match,
            @Nullable Expression condition,
            Span guard,
            MergeAction action,
            Span span)
            implements Node {}

    enum MergeMatch {
        MATCHED,
        NOT_MATCHED_BY_SOURCE,
        NOT_MATCHED_BY_TARGET
    }

    sealed interface MergeAction {
        record DoNothing() implements MergeAction {}

        record DeleteRow() implements MergeAction {}

        record UpdateRow(List<Assignment> assignments) implements MergeAction {
            public UpdateRow {
                assignments = List.copyOf(assignments);
            }
        }

        /// @param values empty for DEFAULT VALUES
        record InsertRow(List<TargetColumn> columns, Overriding overriding, List<Expression> values)
                implements MergeAction {
            public InsertRow {
                columns = List.copyOf(columns);
                values = List.copyOf(values);
            }
        }
    }

    // ---------------------------------------------------------------- around queries

    /// `name value` as in EXPLAIN, COPY, VACUUM, WITH (...): the name is lower case.
    ///
    /// @param values empty, one, or a parenthesised list; words are string literals
    record Option(String name, List<Expression> values, Span span) implements Node {
        public Option {
            values = List.copyOf(values);
        }
    }

    /// @param analyze whether it executes: ANALYZE in either syntax, and not switched off by value
    /// @param verbose VERBOSE in the old syntax, which has no options
    /// @param head from EXPLAIN up to the explained statement
    record Explain(
            boolean analyze,
            List<Option> options,
            boolean verbose,
            Statement statement,
            Span head,
            Span span)
            implements Statement {
        public Explain {
            options = List.copyOf(options);
        }
    }

    /// @param table set exactly when `query` is null
    /// @param reference the span of the table's name with its column list, or of the query
    /// @param location file name or command; null for STDIN and STDOUT
    /// @param forceColumns columns named by FORCE_QUOTE, FORCE_NOT_NULL, FORCE_NULL
    /// @param where of COPY FROM
    record Copy(
            @Nullable QualifiedName table,
            List<Identifier> columns,
            @Nullable Preparable query,
            Span reference,
            boolean from,
            Endpoint endpoint,
            Expression.@Nullable Literal location,
            List<Option> options,
            List<Identifier> forceColumns,
            @Nullable Expression where,
            Span span)
            implements Statement {
        public Copy {
            columns = List.copyOf(columns);
            options = List.copyOf(options);
            forceColumns = List.copyOf(forceColumns);
        }
    }

    enum Endpoint {
        /// STDIN or STDOUT (PostgreSQL takes either word in either direction).
        CLIENT,
        FILE,
        PROGRAM
    }

    /// @param types of the parameters
    record Prepare(Identifier name, List<TypeName> types, Preparable statement, Span span)
            implements Statement {
        public Prepare {
            types = List.copyOf(types);
        }
    }

    record Execute(Identifier name, List<Expression> arguments, Span span) implements Statement {
        public Execute {
            arguments = List.copyOf(arguments);
        }
    }

    /// @param name null for ALL
    record Deallocate(@Nullable Identifier name, Span span) implements Statement {}

    record DeclareCursor(Identifier name, boolean hold, Query query, Span span)
            implements Statement {}

    /// FETCH, or MOVE.
    record Fetch(Identifier cursor, boolean move, Span span) implements Statement {}

    /// @param cursor null for ALL
    record CloseCursor(@Nullable Identifier cursor, Span span) implements Statement {}

    /// CREATE [MATERIALIZED] VIEW. The inner query's scope knows nothing of the view unless
    /// `recursive`.
    record CreateView(
            QualifiedName name,
            boolean orReplace,
            boolean temporary,
            boolean recursive,
            boolean materialized,
            List<Identifier> columns,
            List<Option> options,
            Query query,
            boolean withData,
            Span span)
            implements Statement {
        public CreateView {
            columns = List.copyOf(columns);
            options = List.copyOf(options);
        }
    }

    /// CREATE TABLE AS query or EXECUTE.
    record CreateTableAs(
            QualifiedName name,
            boolean temporary,
            List<Identifier> columns,
            List<Option> options,
            Statement source,
            boolean withData,
            Span span)
            implements Statement {
        public CreateTableAs {
            columns = List.copyOf(columns);
            options = List.copyOf(options);
            if (!(source instanceof Query) && !(source instanceof Execute))
                throw new IllegalArgumentException("CREATE TABLE AS needs a query or EXECUTE");
        }
    }

    // ---------------------------------------------------------------- session and transaction

    enum TransactionKind {
        BEGIN,
        COMMIT,
        ROLLBACK,
        SAVEPOINT,
        RELEASE,
        ROLLBACK_TO,
        PREPARE_TRANSACTION,
        COMMIT_PREPARED,
        ROLLBACK_PREPARED,
        /// SET TRANSACTION.
        SET_MODES,
        /// SET SESSION CHARACTERISTICS AS TRANSACTION.
        SET_SESSION_MODES,
        SET_CONSTRAINTS
    }

    /// @param name of the savepoint
    /// @param modes as `read only`, `isolation level serializable`, `not deferrable`
    /// @param constraints of SET CONSTRAINTS; empty for ALL
    /// @param literal the identifier of a prepared transaction, or a snapshot
    /// @param chain AND CHAIN
    record Transaction(
            TransactionKind kind,
            @Nullable Identifier name,
            List<String> modes,
            List<QualifiedName> constraints,
            Expression.@Nullable Literal literal,
            boolean chain,
            Span span)
            implements Statement {
        public Transaction {
            modes = List.copyOf(modes);
            constraints = List.copyOf(constraints);
        }
    }

    enum SetScope {
        /// Plain SET.
        DEFAULT,
        SESSION,
        LOCAL
    }

    /// SET of a configuration parameter, also by special syntax: SET ROLE is `role`, SET SESSION
    /// AUTHORIZATION `session_authorization`, SET TIME ZONE `timezone`, SET NAMES
    /// `client_encoding`, SET SCHEMA `search_path`, SET XML OPTION `xmloption`.
    ///
    /// @param name lower case, dots included
    /// @param values words are string literals; empty means DEFAULT
    record SetParameter(SetScope scope, String name, List<Expression> values, Span span)
            implements Statement {
        public SetParameter {
            values = List.copyOf(values);
        }
    }

    /// @param name null for ALL
    record ResetParameter(@Nullable String name, Span span) implements Statement {}

    /// @param name null for ALL
    record ShowParameter(@Nullable String name, Span span) implements Statement {}

    enum DiscardKind {
        ALL,
        PLANS,
        SEQUENCES,
        TEMPORARY
    }

    record Discard(DiscardKind kind, Span span) implements Statement {}

    record Listen(Identifier channel, Span span) implements Statement {}

    record Notify(Identifier channel, Expression.@Nullable Literal payload, Span span)
            implements Statement {}

    /// @param channel null for `*`
    record Unlisten(@Nullable Identifier channel, Span span) implements Statement {}

    // ---------------------------------------------------------------- acting on relations and code

    /// @param mode as `access exclusive`
    record Lock(List<Target> relations, String mode, boolean nowait, Span span)
            implements Statement {
        public Lock {
            relations = List.copyOf(relations);
        }
    }

    record Truncate(List<Target> relations, boolean restartIdentity, boolean cascade, Span span)
            implements Statement {
        public Truncate {
            relations = List.copyOf(relations);
        }
    }

    record Call(Expression.FunctionCall call, Span span) implements Statement {}

    /// DO: its code is opaque.
    ///
    /// @param language null when not written
    record Do(@Nullable Identifier language, Span span) implements Statement {}

    enum MaintenanceKind {
        VACUUM,
        ANALYZE,
        CLUSTER,
        REINDEX,
        CHECKPOINT
    }

    /// @param object what REINDEX is about, as `index`, `table`, `schema`; else `table`
    /// @param targets empty: everything
    /// @param index the index of CLUSTER ... USING
    record Maintenance(
            MaintenanceKind kind,
            String object,
            List<Option> options,
            List<MaintenanceTarget> targets,
            @Nullable Identifier index,
            Span span)
            implements Statement {
        public Maintenance {
            options = List.copyOf(options);
            targets = List.copyOf(targets);
        }
    }

    record MaintenanceTarget(QualifiedName name, List<Identifier> columns, Span span)
            implements Node {
        public MaintenanceTarget {
            columns = List.copyOf(columns);
        }
    }

    /// LOAD 'library'.
    record Load(Expression.Literal library, Span span) implements Statement {}

    // ---------------------------------------------------------------- definitions

    enum Verb {
        CREATE,
        ALTER,
        DROP,
        REFRESH,
        COMMENT,
        SECURITY_LABEL,
        GRANT,
        REVOKE,
        REASSIGN,
        IMPORT
    }

    /// Every other definition: what it is about and everything it names, without its structure.
    ///
    /// @param objectType lower-case words, as `table`, `materialized view`, `user mapping`,
    ///   `default privileges`, `system`; the object's for COMMENT, GRANT and REVOKE, too
    /// @param ifExists ALTER ... IF EXISTS: nothing happens where the object isn't there
    /// @param cascades DROP ... CASCADE: what depends on it goes as well
    /// @param mentions every object named anywhere in it, embedded statements aside, types of
    ///   columns and arguments included
    /// @param expressions every expression in it, embedded statements aside
    /// @param statements embedded statements: rule actions, BEGIN ATOMIC bodies, elements of CREATE
    ///   SCHEMA
    /// @param routine for CREATE FUNCTION and PROCEDURE
    /// @param settings names of the configuration parameters that it sets or resets for later
    ///   (ALTER ROLE/DATABASE/SYSTEM/FUNCTION ... SET); `*` for RESET ALL
    /// @param borrowsColumns what it makes has columns of something else: LIKE, OF, INHERITS,
    ///   PARTITION OF
    record Ddl(
            Verb verb,
            String objectType,
            boolean temporary,
            boolean ifExists,
            boolean cascades,
            List<Mention> mentions,
            List<DdlExpression> expressions,
            List<Statement> statements,
            @Nullable Routine routine,
            List<String> settings,
            boolean borrowsColumns,
            Span span)
            implements Statement {
        public Ddl {
            mentions = List.copyOf(mentions);
            expressions = List.copyOf(expressions);
            statements = List.copyOf(statements);
            settings = List.copyOf(settings);
        }
    }

    /// @param type `relation` (table, view, index, sequence, ...), `function` (also procedure,
    ///   aggregate), `type` (also domain), `schema`, `role`, or another object type in lower-case
    ///   words, as `operator class`
    /// @param name schema-qualified as written; for columns see `columns`
    /// @param columns the columns of it that are named, as in `GRANT SELECT (ssn) ON patients` or
    ///   `ALTER TABLE t DROP COLUMN c`
    record Mention(Use use, String type, QualifiedName name, List<Identifier> columns, Span span)
            implements Node {
        public Mention {
            columns = List.copyOf(columns);
        }
    }

    enum Use {
        /// Brought into being, or the new name of something.
        CREATED,
        /// Altered, commented on, or its privileges changed.
        ALTERED,
        DROPPED,
        /// Needed by the definition: a column's type, a foreign key's table, a trigger's function,
        /// a grantee.
        REFERENCED
    }

    /// An expression of a definition. Its columns are those of `relation`, which may not exist yet,
    /// except for triggers and rules (`NEW`, `OLD`) and domains (`VALUE`).
    ///
    /// @param purpose lower-case words, as `default`, `check`, `generated`, `index`, `partition`,
    ///   `using`, `when`, `where`, `argument default`; `conversion` for what ALTER COLUMN ... TYPE
    ///   does without saying so, a cast of the column
    record DdlExpression(
            String purpose, @Nullable QualifiedName relation, Expression expression, Span span)
            implements Node {}

    /// @param language lower case; `sql` when not written
    /// @param opaque its body is a string (or a compiled symbol), not seen through; otherwise the
    ///   body is in the definition's statements
    /// @param settings names of SET clauses
    record Routine(
            boolean procedure,
            String language,
            boolean opaque,
            boolean securityDefiner,
            List<String> settings) {
        public Routine {
            settings = List.copyOf(settings);
        }
    }
}
