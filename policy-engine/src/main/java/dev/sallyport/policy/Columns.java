package dev.sallyport.policy;

import java.util.Set;

/// Which columns a rule speaks of.
sealed interface Columns {
    boolean has(String column);

    /// Every column, those not yet created too.
    record All() implements Columns {
        @Override
        public boolean has(String column) {
            return true;
        }
    }

    /// @param names not empty
    record Only(Set<String> names) implements Columns {
        public Only {
            names = Set.copyOf(names);
        }

        @Override
        public boolean has(String column) {
            return names.contains(column);
        }
    }

    Columns ALL = new All();
}
