package dev.sallyport.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A policy file as written: well-formed, its meaning not yet checked (the policy engine compiles
/// it together with the others). Every value knows its place, so that the engine's errors point
/// there.
///
/// @param database the database that the file is about
/// @param classify what kind of data columns hold
/// @param oversight who may not be one and the same person
/// @param force masks, row filters and limits that beat what grants show
public record PolicyFile(
        Path file,
        Located<String> database,
        List<Classified> classify,
        List<Role> roles,
        List<ForceRule> force,
        List<DenyRule> deny,
        Oversight oversight) {
    public PolicyFile {
        classify = List.copyOf(classify);
        roles = List.copyOf(roles);
        force = List.copyOf(force);
        deny = List.copyOf(deny);
    }

    /// `phi.name: [public.patients.first_name, public.patients.last_name]`
    public record Classified(Located<String> dataClass, List<Located<String>> columns) {
        public Classified {
            columns = List.copyOf(columns);
        }
    }

    /// @param separation roles that nobody holds together
    public record Oversight(List<Separation> separation) {
        public static final Oversight NONE = new Oversight(List.of());

        public Oversight {
            separation = List.copyOf(separation);
        }
    }

    /// `{ id, exclusive, because }`
    ///
    /// @param exclusive roles' names; with `*`, each of them excludes every other role
    /// @param because shown to the person refused; may be empty
    public record Separation(Located<String> id, List<Located<String>> exclusive, String because) {
        public static final String EVERY_OTHER = "*";

        public Separation {
            exclusive = List.copyOf(exclusive);
        }
    }

    /// @param purpose what the role is for, in a sentence; may be empty
    /// @param duty it has something to do for the gateway, as to approve, and no grants
    public record Role(Located<String> name, String purpose, boolean duty, List<Grant> grants) {
        public Role {
            grants = List.copyOf(grants);
        }

        /// One that gives access to data.
        public Role(Located<String> name, String purpose, List<Grant> grants) {
            this(name, purpose, false, grants);
        }
    }

    /// `{ id, allow, on, columns, mask, rows, when, limit, definer }`
    ///
    /// @param columns restricts every action of `allow` that works on columns; empty: all columns
    /// @param mask which of the columns are shown masked
    /// @param rows a condition in the database's SQL: the grant is for these rows
    /// @param when a condition in CEL: the grant holds only then
    /// @param definer the definitions of the granted views are trusted to narrow what is shown:
    ///   what they read needs no grant of its own
    public record Grant(
            Located<String> id,
            List<ActionTerm> allow,
            List<Located<String>> on,
            Optional<List<Located<String>>> columns,
            Optional<Masking> mask,
            Optional<SourceText> rows,
            Optional<SourceText> when,
            Optional<Limit> limit,
            boolean definer) {
        public Grant {
            allow = List.copyOf(allow);
            on = List.copyOf(on);
            columns = columns.map(List::copyOf);
        }
    }

    /// `{ id, on, mask, rows, limit, when, except }`
    ///
    /// @param on empty: everything
    /// @param except roles whose members the rule spares
    public record ForceRule(
            Located<String> id,
            List<Located<String>> on,
            Optional<Masking> mask,
            Optional<SourceText> rows,
            Optional<SourceText> when,
            Optional<Limit> limit,
            List<Located<String>> except) {
        public ForceRule {
            on = List.copyOf(on);
            except = List.copyOf(except);
        }
    }

    /// `{ id, actions, on, columns, when, except, because }`
    ///
    /// @param on empty: everything
    /// @param except roles whose members the rule spares
    /// @param because shown to the person denied; may be empty
    public record DenyRule(
            Located<String> id,
            List<ActionTerm> actions,
            List<Located<String>> on,
            Optional<List<Located<String>>> columns,
            Optional<SourceText> when,
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

    /// `mask: redact` or `mask: { ssn: redact, phi.*: safe-harbor }`.
    public sealed interface Masking {
        Position at();

        /// The same for every column of the rule.
        record All(Located<String> mask) implements Masking {
            @Override
            public Position at() {
                return mask.at();
            }
        }

        record Each(List<MaskTerm> terms, Position at) implements Masking {
            public Each {
                terms = List.copyOf(terms);
            }
        }
    }

    /// @param what a column, or a class of data, as `phi.name` or `phi.*`
    public record MaskTerm(Located<String> what, Located<String> mask) {}

    /// `{ rows, bytes, time }`, at least one; for one statement.
    public record Limit(
            OptionalLong rows,
            OptionalLong bytes,
            Optional<Duration> time,
            Quota perHour,
            Quota perDay,
            List<Located<String>> classes,
            Position at) {
        public Limit {
            classes = List.copyOf(classes);
        }
    }

    /// `{ rows, bytes }` of one person in a time; empty: as much as they like.
    public record Quota(OptionalLong rows, OptionalLong bytes) {
        public static final Quota NONE = new Quota(OptionalLong.empty(), OptionalLong.empty());
    }
}
