package dev.sallyport.sql.mysql.resolve;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.catalog.Sought;
import java.util.Set;

/// Why a statement is not understood: thrown inside the resolver, caught at its face.
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Analysis.NotUnderstood answer;

    private Refusal(Analysis.NotUnderstood answer) {
        super(answer.reason(), null, false, false);
        this.answer = answer;
    }

    /// @param reason lower case, for people, free of literals
    static Refusal unknown(String reason, Node where, Set<Sought> sought) {
        return new Refusal(
                new Analysis.NotUnderstood(
                        Analysis.Code.UNKNOWN_OBJECT,
                        reason,
                        where.span(),
                        new Analysis.Absence.Of(sought)));
    }

    /// What would have to exist can't be told by name.
    static Refusal unknown(String reason, Node where) {
        return new Refusal(
                new Analysis.NotUnderstood(Analysis.Code.UNKNOWN_OBJECT, reason, where.span()));
    }

    static Refusal ambiguous(String reason, Node where) {
        return new Refusal(
                new Analysis.NotUnderstood(Analysis.Code.AMBIGUOUS, reason, where.span()));
    }

    static Refusal unsupported(String reason, Node where) {
        return new Refusal(
                new Analysis.NotUnderstood(Analysis.Code.UNSUPPORTED, reason, where.span()));
    }

    static Refusal tooComplex(Node where) {
        return new Refusal(
                new Analysis.NotUnderstood(
                        Analysis.Code.TOO_COMPLEX,
                        "the statement is nested too deeply",
                        where.span()));
    }

    /// Of a view's text: it stands elsewhere.
    Refusal inside(String view, Node where) {
        return new Refusal(
                new Analysis.NotUnderstood(
                        answer.code() == Analysis.Code.UNKNOWN_OBJECT
                                ? Analysis.Code.UNSUPPORTED
                                : answer.code(),
                        "in " + view + ": " + answer.reason(),
                        where.span()));
    }

    Analysis.NotUnderstood answer() {
        return answer;
    }
}
