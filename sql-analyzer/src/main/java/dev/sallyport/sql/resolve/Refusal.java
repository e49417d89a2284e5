package dev.sallyport.sql.resolve;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Node;

/// Why a statement is not understood: thrown inside the resolver, caught at its face, never seen
/// outside of the analyzer.
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Span NOWHERE = new Span(0, 0);

    private final transient Analysis.NotUnderstood answer;

    /// @param reason lower case, for people, free of literals
    Refusal(Analysis.Code code, String reason, Span where) {
        super(reason, null, false, false);
        this.answer = new Analysis.NotUnderstood(code, reason, where);
    }

    static Refusal unknown(String reason, Node where) {
        return new Refusal(Analysis.Code.UNKNOWN_OBJECT, reason, where.span());
    }

    static Refusal ambiguous(String reason, Node where) {
        return new Refusal(Analysis.Code.AMBIGUOUS, reason, where.span());
    }

    static Refusal unsupported(String reason, Node where) {
        return new Refusal(Analysis.Code.UNSUPPORTED, reason, where.span());
    }

    static Refusal tooComplex() {
        return new Refusal(
                Analysis.Code.TOO_COMPLEX, "the statement is nested too deeply", NOWHERE);
    }

    Analysis.NotUnderstood answer() {
        return answer;
    }
}
