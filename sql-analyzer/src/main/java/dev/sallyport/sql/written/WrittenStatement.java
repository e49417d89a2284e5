package dev.sallyport.sql.written;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.ast.QualifiedName;
import java.util.List;
import java.util.stream.Collectors;

/// What one statement names. Every list holds each entry once, in the order of the text.
///
/// @param relations common table expressions in scope are none
/// @param functions also those that are only defined, granted or set on a trigger
/// @param objects everything else with a name: roles, schemas, settings, channels, ...
/// @param changesLexing whether it may change how the session reads later literals
///   (standard_conforming_strings, client_encoding) away from the server's defaults
/// @param copiesIn COPY ... FROM STDIN: in a script its rows follow
public record WrittenStatement(
        StatementKind kind,
        Span span,
        List<WrittenRelation> relations,
        List<WrittenFunction> functions,
        List<WrittenObject> objects,
        boolean changesLexing,
        boolean copiesIn) {
    public WrittenStatement {
        relations = List.copyOf(relations);
        functions = List.copyOf(functions);
        objects = List.copyOf(objects);
    }

    public enum Use {
        /// Read, called, or needed by a definition.
        READ,
        /// Its rows are changed, or it is created, altered, dropped, granted, locked.
        WRITE
    }

    /// @param name its parts unquoted and folded, as the server looks them up; at least one
    public record WrittenRelation(List<String> name, Use use) {
        public WrittenRelation {
            name = List.copyOf(name);
        }
    }

    /// @param called false where it is only named, as in CREATE, DROP, GRANT
    public record WrittenFunction(List<String> name, boolean called) {
        public WrittenFunction {
            name = List.copyOf(name);
        }
    }

    /// @param type lower-case words, as `role`
    /// @param name empty where the statement means all of them, or one that isn't told apart
    public record WrittenObject(String type, List<String> name, Use use) {
        public WrittenObject {
            name = List.copyOf(name);
        }
    }

    static List<String> parts(QualifiedName name) {
        return name.parts().stream()
                .map(part -> part.name())
                .collect(Collectors.toUnmodifiableList());
    }
}
