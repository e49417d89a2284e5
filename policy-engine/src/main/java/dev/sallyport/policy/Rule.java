package dev.sallyport.policy;

import dev.sallyport.sql.access.Action;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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

    /// @param definer what the granted views read needs no grant of its own
    record Grant(
            String id,
            int order,
            String role,
            Map<Action, Columns> actions,
            List<ResourcePattern> on,
            boolean definer)
            implements Rule {
        public Grant {
            actions = Map.copyOf(actions);
            on = List.copyOf(on);
        }
    }

    /// @param except roles that it spares
    /// @param because for the person denied; may be empty
    record Deny(
            String id,
            int order,
            Map<Action, Columns> actions,
            List<ResourcePattern> on,
            Set<String> except,
            String because)
            implements Rule {
        public Deny {
            actions = Map.copyOf(actions);
            on = List.copyOf(on);
            except = Set.copyOf(except);
        }
    }
}
