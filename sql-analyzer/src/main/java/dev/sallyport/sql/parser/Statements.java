package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.TokenKind;

/// One statement of any kind, by its first word.
final class Statements {
    private final Grammar grammar;
    private final Cursor in;

    Statements(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    Statement statement() {
        Keyword first = in.keyword();
        if (first == null) {
            if (in.at(TokenKind.LEFT_PAREN)) return grammar.dml.preparable();
            throw in.error("a statement");
        }
        return switch (first) {
            case SELECT, VALUES, TABLE, WITH, INSERT, UPDATE, DELETE, MERGE ->
                    grammar.dml.preparable();
            case CREATE -> definitions().create();
            case ALTER -> definitions().alter();
            case DROP -> definitions().drop();
            case REFRESH -> definitions().refresh();
            case COMMENT -> definitions().comment();
            case SECURITY -> definitions().securityLabel();
            case GRANT -> definitions().privileges().grant();
            case REVOKE -> definitions().privileges().revoke();
            case REASSIGN -> definitions().reassign();
            case IMPORT -> definitions().importForeignSchema();
            default -> utility(first);
        };
    }

    private Definitions definitions() {
        return new Definitions(grammar);
    }

    private Statement utility(Keyword first) {
        var utilities = new Utilities(grammar);
        return switch (first) {
            case BEGIN, START, COMMIT, END, ROLLBACK, ABORT, SAVEPOINT, RELEASE ->
                    utilities.transaction(first);
            case SET -> utilities.set();
            case SHOW -> utilities.show();
            case RESET -> utilities.reset();
            case EXPLAIN -> utilities.explain();
            case COPY -> utilities.copy();
            case PREPARE -> utilities.prepare();
            case EXECUTE -> utilities.execute();
            case DEALLOCATE -> utilities.deallocate();
            case DECLARE -> utilities.declare();
            case FETCH, MOVE -> utilities.fetch();
            case CLOSE -> utilities.close();
            case DISCARD -> utilities.discard();
            case LISTEN -> utilities.listen();
            case UNLISTEN -> utilities.unlisten();
            case NOTIFY -> utilities.notification();
            case LOCK -> utilities.lock();
            case TRUNCATE -> utilities.truncate();
            case CALL -> utilities.call();
            case DO -> utilities.doBlock();
            case LOAD -> utilities.load();
            case VACUUM -> utilities.vacuum();
            case ANALYZE, ANALYSE -> utilities.analyze();
            case CLUSTER -> utilities.cluster();
            case REINDEX -> utilities.reindex();
            case CHECKPOINT -> utilities.checkpoint();
            default -> throw in.error("a statement");
        };
    }
}
