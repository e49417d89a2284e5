package dev.sallyport.policy;

import dev.sallyport.sql.access.Resource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A relation of which a statement may not see everything that it asks for: each reference to it is
/// replaced by a sub-select that shows {@link #columns} of the rows of {@link #reading}. Relations
/// of a permitted statement that no {@link Obligations#relations} names are read as they are.
///
/// @param columns what the statement uses of the relation, and nothing else; each is granted. A
///   column that is not here is not granted for this statement: it isn't exposed, or as a null of
///   its type where its place matters.
/// @param reading which rows a reference to the relation shows
/// @param target which rows the statement may change, where it is an UPDATE, a DELETE or a MERGE of
///   the relation; what it also reads of the target is restricted in this condition, too
/// @param direct whether the statement names the relation itself
/// @param via the views through whose definitions the statement reaches the relation, where that
///   counts. A reference to such a view that can't be replaced by its definition, with this
///   relation replaced in it, is refused. The relation itself among them: the statement reaches it
///   both under grants and through a view that is trusted with it; these can't be told apart, and
///   it is refused.
/// @param barriers views that the statement is granted as `definer`, and those inside them: their
///   person may read what they show, not what they leave out
public record Governed(
        Resource.Relation relation,
        Map<String, Shown> columns,
        RowCondition reading,
        RowCondition target,
        boolean direct,
        Set<Resource.Relation> via,
        Set<Resource.Relation> barriers) {
    public Governed {
        columns = Collections.unmodifiableMap(new TreeMap<>(columns));
        via = Set.copyOf(via);
        barriers = Set.copyOf(barriers);
    }

    public String schema() {
        return relation.schema();
    }

    public String name() {
        return relation.name();
    }

    /// Whether any column is masked, in some row at least. Statements that write such columns from
    /// themselves, or test them in an UPDATE's or DELETE's condition, would see through the mask.
    public boolean masksAny() {
        return columns.values().stream().anyMatch(shown -> !shown.isPlain());
    }

    /// For the log: which columns are masked, and which rows are left.
    List<String> lines() {
        var lines = new ArrayList<String>();
        var name = Wording.pattern(relation);
        columns.forEach((column, shown) -> {
            if (!shown.isPlain())
                lines.add(name + "." + Wording.names(List.of(column)) + ": " + shown.words());
        });
        if (!reading.isAllRows()) lines.add(name + ": rows of " + reading.words());
        if (!target.equals(reading)) lines.add(name + ": changes rows of " + target.words());
        return lines;
    }

    public boolean masks(String column) {
        var shown = columns.get(column);
        return shown != null && !shown.isPlain();
    }
}
