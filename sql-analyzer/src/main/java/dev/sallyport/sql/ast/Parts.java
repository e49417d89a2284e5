package dev.sallyport.sql.ast;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The records directly inside a record of the tree, whatever it is: read from the record itself,
/// so that a part which a new version of a node gains cannot be forgotten.
public final class Parts {
    private static final ClassValue<Method[]> ACCESSORS =
            new ClassValue<>() {
                @Override
                protected Method[] computeValue(Class<?> type) {
                    List<Method> accessors = new ArrayList<>();
                    for (RecordComponent component : type.getRecordComponents())
                        if (!isLeaf(component.getType())) accessors.add(component.getAccessor());
                    return accessors.toArray(Method[]::new);
                }
            };

    private Parts() {}

    private static boolean isLeaf(Class<?> type) {
        return type.isPrimitive()
                || type.isEnum()
                || type == String.class
                || type == Boolean.class
                || type == dev.sallyport.sql.Span.class;
    }

    /// In the order of the record's components; those of lists one by one, of nested lists, too.
    public static void forEach(Record record, Consumer<Record> consumer) {
        for (Method accessor : ACCESSORS.get(record.getClass())) {
            try {
                each(accessor.invoke(record), consumer);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("not readable: " + accessor, e);
            }
        }
    }

    private static void each(
            @org.jspecify.annotations.Nullable Object value, Consumer<Record> consumer) {
        if (value instanceof Record part) consumer.accept(part);
        else if (value instanceof List<?> list) for (Object item : list) each(item, consumer);
    }
}
