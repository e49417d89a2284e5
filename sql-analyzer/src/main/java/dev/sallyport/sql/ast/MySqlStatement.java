package dev.sallyport.sql.ast;

import dev.sallyport.sql.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The statements that only MySQL and MariaDB have, or have in a shape of their own.
public sealed interface MySqlStatement extends Statement.OfMySql {

    /// DML may name its columns with their table, change several tables at once, and have ORDER BY
    /// and LIMIT.
    sealed interface Dml extends MySqlStatement, Statement.Preparable {}

    /// `column = value`; the column as written, with its table or without.
    record ColumnAssignment(Expression.ColumnRef column, Expression value, Span span)
            implements Node {}

    /// INSERT and REPLACE in all three forms; that with SET is one row of values.
    ///
    /// @param columns empty when not written
    /// @param rowAlias `AS new(a, b)` behind the values
    /// @param onDuplicate the assignments of ON DUPLICATE KEY UPDATE
    record Insert(
            boolean replace,
            Target target,
            List<Expression.ColumnRef> columns,
            Query source,
            @Nullable Alias rowAlias,
            List<ColumnAssignment> onDuplicate,
            @Nullable Returning returning,
            Span span)
            implements Dml {
        public Insert {
            columns = List.copyOf(columns);
            onDuplicate = List.copyOf(onDuplicate);
        }

        @Override
        public @Nullable With with() {
            return null;
        }
    }

    /// @param tables what is updated and what is only read: the assignments' columns tell
    /// @param condition from the word WHERE to the condition's end; empty where none stands but
    ///   could
    record Update(
            @Nullable With with,
            List<Relation> tables,
            List<ColumnAssignment> assignments,
            @Nullable Expression where,
            List<SortKey> orderBy,
            @Nullable Expression limit,
            Span condition,
            Span span)
            implements Dml {
        public Update {
            tables = List.copyOf(tables);
            assignments = List.copyOf(assignments);
            orderBy = List.copyOf(orderBy);
        }
    }

    /// @param targets names or aliases of tables of `from`; the form for one table has that one
    /// @param from the joined tables, the targets among them
    /// @param condition as of an UPDATE
    record Delete(
            @Nullable With with,
            List<QualifiedName> targets,
            List<Relation> from,
            @Nullable Expression where,
            List<SortKey> orderBy,
            @Nullable Expression limit,
            @Nullable Returning returning,
            Span condition,
            Span span)
            implements Dml {
        public Delete {
            targets = List.copyOf(targets);
            from = List.copyOf(from);
            orderBy = List.copyOf(orderBy);
        }
    }

    /// SELECT ... INTO.
    ///
    /// @param file of INTO OUTFILE and DUMPFILE
    /// @param variables of INTO @a, b
    record SelectInto(
            Query query, Expression.@Nullable Literal file, List<Expression> variables, Span span)
            implements MySqlStatement {
        public SelectInto {
            variables = List.copyOf(variables);
        }
    }

    /// LOAD DATA and LOAD XML.
    ///
    /// @param local the client sends the file
    /// @param fields columns and user variables that the file's fields go to
    record LoadData(
            boolean local,
            boolean replace,
            Expression.Literal file,
            Target target,
            List<Expression> fields,
            List<ColumnAssignment> assignments,
            Span span)
            implements MySqlStatement {
        public LoadData {
            fields = List.copyOf(fields);
            assignments = List.copyOf(assignments);
        }
    }

    /// DO: evaluates and discards. Also the expressions of SIGNAL and GET DIAGNOSTICS.
    record Evaluate(List<Expression> expressions, Span span) implements MySqlStatement {
        public Evaluate {
            expressions = List.copyOf(expressions);
        }
    }

    enum HandlerKind {
        OPEN,
        READ,
        CLOSE
    }

    /// @param name of the table for OPEN, else of the handle
    /// @param keys the values looked for
    record Handler(
            HandlerKind kind,
            QualifiedName name,
            @Nullable Identifier alias,
            @Nullable Identifier index,
            List<Expression> keys,
            @Nullable Expression where,
            List<Expression> limits,
            Span span)
            implements MySqlStatement {
        public Handler {
            keys = List.copyOf(keys);
            limits = List.copyOf(limits);
        }
    }

    /// SET of variables.
    record SetVariables(List<VariableSetting> settings, Span span) implements MySqlStatement {
        public SetVariables {
            settings = List.copyOf(settings);
        }
    }

    enum VariableKind {
        USER,
        SYSTEM,
        /// A stored program's parameter or local variable, or a column of NEW.
        LOCAL
    }

    /// @param scope `global`, `session`, `persist`, `persist_only`, `local`; empty when not written
    /// @param name lower case for system variables; SET NAMES is `names`, SET CHARACTER SET
    ///   `character set`
    /// @param value null for DEFAULT
    record VariableSetting(
            VariableKind kind, String scope, String name, @Nullable Expression value, Span span)
            implements Node {}

    /// `SET STATEMENT variables FOR statement` of MariaDB.
    record SetStatement(List<VariableSetting> settings, Statement statement, Span span)
            implements MySqlStatement {
        public SetStatement {
            settings = List.copyOf(settings);
        }
    }

    /// SHOW in all its forms, DESCRIBE of a table, HELP.
    ///
    /// @param what lower-case words, as `create table`, `columns`
    record Show(String what, List<Mention> mentions, @Nullable Expression where, Span span)
            implements MySqlStatement {
        public Show {
            mentions = List.copyOf(mentions);
        }
    }

    record Use(Identifier database, Span span) implements MySqlStatement {}

    /// @param verb lower case, as `start`, `prepare`
    record Xa(String verb, List<Expression.Literal> identifier, Span span)
            implements MySqlStatement {
        public Xa {
            identifier = List.copyOf(identifier);
        }
    }

    /// LOCK TABLES; without tables UNLOCK TABLES.
    record LockTables(List<LockedTable> tables, Span span) implements MySqlStatement {
        public LockTables {
            tables = List.copyOf(tables);
        }
    }

    record LockedTable(QualifiedName name, @Nullable Identifier alias, boolean write, Span span)
            implements Node {}

    /// PREPARE, and EXECUTE IMMEDIATE (without name). The spans of `statement` are offsets into the
    /// literal's value, not into the text.
    ///
    /// @param statement null when the text is known only when it runs
    /// @param arguments of EXECUTE IMMEDIATE ... USING, and the expressions the text comes from
    record Prepared(
            @Nullable Identifier name,
            @Nullable Statement statement,
            List<Expression> arguments,
            Span span)
            implements MySqlStatement {
        public Prepared {
            arguments = List.copyOf(arguments);
        }
    }

    /// BEGIN NOT ATOMIC ... END, and the body of a stored program: every statement and every
    /// expression of it, without its flow. Names may be its variables'.
    ///
    /// @param variables its parameters, local variables, cursors and FOR loops' records
    record Compound(
            List<Identifier> variables,
            List<Statement> statements,
            List<Expression> expressions,
            Span span)
            implements MySqlStatement {
        public Compound {
            variables = List.copyOf(variables);
            statements = List.copyOf(statements);
            expressions = List.copyOf(expressions);
        }
    }

    /// What acts on the server, other sessions or tables as a whole: KILL, FLUSH, INSTALL, CHECK
    /// TABLE, ...
    ///
    /// @param command lower-case words, as `flush`, `check table`
    record Command(String command, List<Mention> mentions, List<Expression> expressions, Span span)
            implements MySqlStatement {
        public Command {
            mentions = List.copyOf(mentions);
            expressions = List.copyOf(expressions);
        }
    }
}
