package dev.sallyport.sql.resolve;

import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.resolve.Value.Field;
import java.util.BitSet;
import java.util.List;

/// The parts that resolve one statement, wired up. One thread, one statement.
final class Resolver implements Queries.Parts {
    private final Names names;
    private final Calls calls;
    private final Columns columns;
    private final Queries queries;
    private final Expressions expressions;
    private final FromItems fromItems;
    private final Relations relations;
    private final Dml dml;
    private final Definitions definitions;
    private final Statements statements;

    Resolver(Catalog catalog, List<String> path, Findings findings) {
        names = new Names(catalog, path, findings);
        Types types = new Types(catalog);
        calls = new Calls(names, types, findings);
        columns = new Columns(names, findings);
        queries = new Queries(findings, types, this);
        expressions = new Expressions(names, types, findings, calls, columns, queries);
        relations = new Relations(names, findings, calls);
        fromItems = new FromItems(names, types, findings, relations, calls, queries, expressions);
        dml = new Dml(names, findings, relations, calls, queries, expressions);
        statements = new Statements(names, path, findings, relations, this);
        definitions = new Definitions(names, findings, relations, calls, statements, this);
    }

    /// @param accounted receives where each identifier starts that was accounted for
    /// @throws Refusal when the statement isn't understood
    static StatementResolver.Result.Resolved resolve(
            Statement statement, AnalysisContext context, BitSet accounted) {
        Findings findings = new Findings(accounted);
        Footprint footprint =
                footprint(statement, List.of(), context.catalog(), context.searchPath(), findings);
        return new StatementResolver.Result.Resolved(
                footprint, findings.references(new ViewTexts(context)));
    }

    /// @param parameters types that are declared for them: what is given is checked
    static Footprint footprint(
            Statement statement,
            List<Long> parameters,
            Catalog catalog,
            List<String> path,
            Findings findings) {
        Resolver resolver = new Resolver(catalog, path, findings);
        for (long type : parameters) resolver.calls.checks(type);
        return resolver.statements.footprint(statement);
    }

    Names names() {
        return names;
    }

    Relations relations() {
        return relations;
    }

    Queries queries() {
        return queries;
    }

    Dml dml() {
        return dml;
    }

    Definitions definitions() {
        return definitions;
    }

    @Override
    public Expressions expressions() {
        return expressions;
    }

    @Override
    public FromItems fromItems() {
        return fromItems;
    }

    @Override
    public Columns columns() {
        return columns;
    }

    @Override
    public Calls calls() {
        return calls;
    }

    @Override
    public List<Field> modifying(Statement.Preparable statement, Scope scope) {
        return dml.resolve(statement, scope);
    }

    @Override
    public void into(Query.IntoTable into) {
        definitions.created("table", into.name(), into.temporary());
    }
}
