package dev.sallyport.sql.resolve;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.catalog.Sought;
import java.util.Set;

/// Why a statement is not understood: thrown inside the resolver, caught at its face, never seen
/// outside of the analyzer.
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Span NOWHERE = new Span(0, 0);

    private final transient Analysis.NotUnderstood answer;

    /// @param reason lower case, for people, free of literals
    Refusal(Analysis.Code code, String reason, Span where) {
        this(new Analysis.NotUnderstood(code, reason, where));
    }

    private Refusal(Analysis.NotUnderstood answer) {
        super(answer.reason(), null, false, false);
        this.answer = answer;
    }

    /// What would have to exist for this to be understood can't be told by name.
    static Refusal unknown(String reason, Node where) {
        return new Refusal(Analysis.Code.UNKNOWN_OBJECT, reason, where.span());
    }

    /// @param sought one of them would have to exist; none: nothing that could exist would help
    static Refusal unknown(String reason, Node where, Set<Sought> sought) {
        return new Refusal(
                new Analysis.NotUnderstood(
                        Analysis.Code.UNKNOWN_OBJECT,
                        reason,
                        where.span(),
                        new Analysis.Absence.Of(sought)));
    }

    static Refusal ambiguous(String reason, Node where) {
        return new Refusal(Analysis.Code.AMBIGUOUS, reason, where.span());
    }

    static Refusal unsupported(String reason, Node where) {
        return new Refusal(Analysis.Code.UNSUPPORTED, reason, where.span());
    }

    /// A node that PostgreSQL's parser doesn't make.
    static Refusal ofMySql(Node where) {
        return unsupported("this is MySQL's syntax", where);
    }

    static Refusal tooComplex() {
        return new Refusal(
                Analysis.Code.TOO_COMPLEX, "the statement is nested too deeply", NOWHERE);
    }

    Analysis.NotUnderstood answer() {
        return answer;
    }
}
