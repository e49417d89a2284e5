package dev.sallyport.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A policy file as written: well-formed, its meaning not yet checked (the policy engine compiles
/// it together with the others). Every value knows its place, so that the engine's errors point
/// there.
///
/// @param database the database that the file is about
public record PolicyFile(
        Path file, Located<String> database, List<Role> roles, List<DenyRule> deny) {
    public PolicyFile {
        roles = List.copyOf(roles);
        deny = List.copyOf(deny);
    }

    /// @param purpose what the role is for, in a sentence; may be empty
    public record Role(Located<String> name, String purpose, List<Grant> grants) {
        public Role {
            grants = List.copyOf(grants);
        }
    }

    /// `{ id, allow, on, columns, definer }`
    ///
    /// @param columns restricts every action of `allow` that works on columns; empty: all columns
    /// @param definer the definitions of the granted views are trusted to narrow what is shown:
    ///   what they read needs no grant of its own
    public record Grant(
            Located<String> id,
            List<ActionTerm> allow,
            List<Located<String>> on,
            Optional<List<Located<String>>> columns,
            boolean definer) {
        public Grant {
            allow = List.copyOf(allow);
            on = List.copyOf(on);
            columns = columns.map(List::copyOf);
        }
    }

    /// `{ id, actions, on, columns, except, because }`
    ///
    /// @param except roles whose members the rule spares
    /// @param because shown to the person denied; may be empty
    public record DenyRule(
            Located<String> id,
            List<ActionTerm> actions,
            List<Located<String>> on,
            Optional<List<Located<String>>> columns,
            List<Located<String>> except,
            String because) {
        public DenyRule {
            actions = List.copyOf(actions);
            on = List.copyOf(on);
            columns = columns.map(List::copyOf);
            except = List.copyOf(except);
        }
    }

    /// An action's word, with columns when written as `update(status, paid_at)`.
    public record ActionTerm(Located<String> action, Optional<List<Located<String>>> columns) {
        public ActionTerm {
            columns = columns.map(List::copyOf);
        }
    }
}
