package dev.sallyport.policy;

import dev.sallyport.sql.access.Action;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A checked rule of one database's policy.
sealed interface Rule {
    Comparator<Rule> IN_FILE_ORDER = Comparator.comparingInt(Rule::order);

    /// Unique over all policy files: audit entries name rules by it.
    String id();

    /// Its place in the files, from 0.
    int order();

    /// The actions it speaks of, each with its columns; {@link Columns#ALL} for actions that have
    /// none.
    Map<Action, Columns> actions();

    List<ResourcePattern> on();

    /// Which columns of a resource the rule speaks of for the action, one of {@link #actions}.
    default Columns columns(Action action) {
        return actions().getOrDefault(action, NONE);
    }

    Columns NONE = new Columns.Only(Set.of());

    /// The condition without which it doesn't hold; empty: it always holds.
    Optional<Condition> when();

    /// @param mask which columns it shows masked; empty: none
    /// @param rows for which rows it is; empty: all
    /// @param definer what the granted views read needs no grant of its own
    record Grant(
            String id,
            int order,
            String role,
            Map<Action, Columns> actions,
            List<ResourcePattern> on,
            Optional<MaskPlan> mask,
            Optional<RowTemplate> rows,
            Optional<Condition> when,
            Limits limits,
            boolean definer)
            implements Rule {
        public Grant {
            actions = Map.copyOf(actions);
            on = List.copyOf(on);
        }
    }

    /// A rule that takes away.
    sealed interface Restriction extends Rule {
        /// Roles that it spares.
        Set<String> except();

        /// For the person denied; may be empty.
        String because();
    }

    /// What beats the grants: masks that hold however plain a grant shows a column, row filters
    /// beside theirs, limits.
    record Force(
            String id,
            int order,
            List<ResourcePattern> on,
            Optional<MaskPlan> mask,
            Optional<RowTemplate> rows,
            Optional<Condition> when,
            Limits limits,
            Set<String> except)
            implements Restriction {
        public Force {
            on = List.copyOf(on);
            except = Set.copyOf(except);
        }

        /// Only for finding it: it speaks of relations, whatever is done with their rows.
        @Override
        public Map<Action, Columns> actions() {
            return FORCED;
        }

        @Override
        public String because() {
            return "it restricts the table's rows";
        }
    }

    Map<Action, Columns> FORCED = Map.of(Action.SELECT, Columns.ALL);

    record Deny(
            String id,
            int order,
            Map<Action, Columns> actions,
            List<ResourcePattern> on,
            Optional<Condition> when,
            Set<String> except,
            String because)
            implements Restriction {
        public Deny {
            actions = Map.copyOf(actions);
            on = List.copyOf(on);
            except = Set.copyOf(except);
        }
    }
}
