package dev.sallyport.sql.resolve;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.rewrite.References;
import java.util.BitSet;

/// Resolves one parsed statement.
public final class StatementResolver {
    private StatementResolver() {}

    public sealed interface Result {
        record Resolved(Footprint footprint, References references) implements Result {}

        record Refused(Analysis.NotUnderstood answer) implements Result {}
    }

    /// @param accounted receives the offset of each identifier whose meaning was found, for the
    ///   {@link SecondNet}
    public static Result resolve(Statement statement, AnalysisContext context, BitSet accounted) {
        try {
            return Resolver.resolve(statement, context, accounted);
        } catch (Refusal refusal) {
            return new Result.Refused(refusal.answer());
        }
    }

    /// Whether a definition is about more than the database's own objects: roles, servers,
    /// extensions, whole schemas.
    public static boolean administers(Statement.Ddl ddl) {
        return Definitions.administers(ddl);
    }

    /// Whether the statement means the same whatever names mean: it may follow, in one message, a
    /// statement that changes that.
    public static boolean needsNoNames(Statement statement) {
        return switch (statement) {
            case Statement.Transaction _,
                    Statement.SetParameter _,
                    Statement.ResetParameter _,
                    Statement.ShowParameter _,
                    Statement.Discard _,
                    Statement.Deallocate _,
                    Statement.Listen _,
                    Statement.Unlisten _,
                    Statement.Notify _,
                    Statement.CloseCursor _ ->
                    true;
            case Query _,
                    Statement.Insert _,
                    Statement.Update _,
                    Statement.Delete _,
                    Statement.Merge _,
                    Statement.Explain _,
                    Statement.Copy _,
                    Statement.Prepare _,
                    Statement.Execute _,
                    Statement.DeclareCursor _,
                    Statement.Fetch _,
                    Statement.CreateView _,
                    Statement.CreateTableAs _,
                    Statement.Lock _,
                    Statement.Truncate _,
                    Statement.Call _,
                    Statement.Do _,
                    Statement.Maintenance _,
                    Statement.Load _,
                    Statement.OfMySql _,
                    Statement.Ddl _ ->
                    false;
        };
    }
}
