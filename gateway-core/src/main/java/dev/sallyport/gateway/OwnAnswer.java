package dev.sallyport.gateway;

import java.util.List;

/// What the gateway itself answers, in place of a server: rows of text.
///
/// @param columns by name
/// @param more rows are left: of a portal that is executed for some at a time
public record OwnAnswer(List<String> columns, List<List<String>> rows, boolean more) {
    public OwnAnswer {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        for (var row : rows)
            if (row.size() != columns.size())
                throw new IllegalArgumentException("a row of " + row.size() + " columns");
    }

    OwnAnswer(List<String> columns, List<List<String>> rows) {
        this(columns, rows, false);
    }

    /// The command tag.
    public String tag() {
        return "SALLYPORT " + rows.size();
    }

    /// At most that many rows from there on; 0 for all.
    OwnAnswer slice(int from, long most) {
        int begin = Math.min(from, rows.size());
        int end =
                most == 0
                        ? rows.size()
                        : (int) Math.min(rows.size(), begin + Math.min(most, Integer.MAX_VALUE));
        return new OwnAnswer(columns, rows.subList(begin, end), end < rows.size());
    }
}
