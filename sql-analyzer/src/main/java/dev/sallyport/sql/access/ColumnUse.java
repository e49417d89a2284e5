package dev.sallyport.sql.access;

import java.util.Set;

/// One column of the accessed relation and every {@link Place} at which the statement uses it;
/// `places` is not empty. System columns (`ctid`, `xmin`, ...) appear under their own names.
public record ColumnUse(String column, Set<Place> places) {
    public ColumnUse {
        places = Set.copyOf(places);
        if (places.isEmpty())
            throw new IllegalArgumentException("a column use needs a place: " + column);
    }
}
