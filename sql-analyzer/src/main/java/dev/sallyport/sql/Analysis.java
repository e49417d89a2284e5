package dev.sallyport.sql;

import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.catalog.Sought;
import dev.sallyport.sql.rewrite.References;
import dev.sallyport.sql.selection.Selections;
import java.util.List;
import java.util.Set;

/// The answer to "what does this text do?": everything, or a refusal with its reason. There is no
/// third.
public sealed interface Analysis {

    /// Every statement of the text, in order; an empty or comment-only text has none.
    record Understood(List<Statement> statements) implements Analysis {
        public Understood {
            statements = List.copyOf(statements);
        }
    }

    /// @param reason lower case, for people, free of literals (it is shown and logged)
    /// @param code what kind of failure, for tools
    /// @param absence of an {@link Code#UNKNOWN_OBJECT}; what else fails doesn't depend on one
    record NotUnderstood(Code code, String reason, Span where, Absence absence)
            implements Analysis {
        public NotUnderstood(Code code, String reason, Span where) {
            this(code, reason, where, new Absence.Untold());
        }
    }

    /// What is not there that would have to be, for the text to be understood.
    sealed interface Absence {
        /// It can't be told by name: anything in the catalog may matter.
        record Untold() implements Absence {}

        /// Text and names stay as they are as long as none of these exists; nothing that could be
        /// created would help when there are none.
        record Of(Set<Sought> objects) implements Absence {
            public Of {
                objects = Set.copyOf(objects);
            }
        }
    }

    enum Code {
        SYNTAX,
        UNKNOWN_OBJECT,
        AMBIGUOUS,
        UNSUPPORTED,
        TOO_COMPLEX,
        ENCODING,
        /// A name could mean something else by the time it runs, since an earlier statement of the
        /// same message changes what names mean. Sending the statements one at a time helps.
        STALE_CONTEXT,
        /// An identifier that names a relation was accounted for by nothing (the second net).
        UNACCOUNTED
    }

    /// @param redacted the statement with every literal replaced by `?` and comments dropped: may
    ///   be logged in clear
    /// @param references every place of the statement that names a relation, for rewriting
    /// @param selections the rows that it asks for by value at each of these places; none where
    ///   nobody wanted to know
    record Statement(
            Span span,
            String redacted,
            Footprint footprint,
            References references,
            Selections.Result selections) {}
}
