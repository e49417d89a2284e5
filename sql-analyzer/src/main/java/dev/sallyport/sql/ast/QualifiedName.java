package dev.sallyport.sql.ast;

import dev.sallyport.sql.Span;
import java.util.List;
import java.util.stream.Collectors;

/// A possibly qualified name, as `patients`, `public.patients` or `db.public.patients`; never
/// empty.
public record QualifiedName(List<Identifier> parts, Span span) implements Node {
    public QualifiedName {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) throw new IllegalArgumentException("a name needs a part");
    }

    public Identifier last() {
        return parts.get(parts.size() - 1);
    }

    @Override
    public String toString() {
        return parts.stream().map(Identifier::name).collect(Collectors.joining("."));
    }
}
