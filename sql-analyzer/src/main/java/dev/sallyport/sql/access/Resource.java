package dev.sallyport.sql.access;

/// The object of an {@link Access}. Names are as the catalog holds them: unquoted, case folded as
/// the server does.
public sealed interface Resource {

    /// A short name for people, as `table public.patients`.
    String describe();

    /// A relation that holds or derives rows.
    ///
    /// @param schema the schema it really is in, after search_path resolution; `pg_temp` for the
    ///   session's own temporary relations, whatever their numbered schema
    record Relation(String schema, String name, RelationKind kind) implements Resource {
        @Override
        public String describe() {
            return kind.word() + " " + schema + "." + name;
        }
    }

    enum RelationKind {
        TABLE,
        PARTITIONED_TABLE,
        VIEW,
        MATERIALIZED_VIEW,
        FOREIGN_TABLE,
        SEQUENCE,
        INDEX,
        COMPOSITE_TYPE;

        public String word() {
            return switch (this) {
                case TABLE, PARTITIONED_TABLE -> "table";
                case VIEW -> "view";
                case MATERIALIZED_VIEW -> "materialized view";
                case FOREIGN_TABLE -> "foreign table";
                case SEQUENCE -> "sequence";
                case INDEX -> "index";
                case COMPOSITE_TYPE -> "type";
            };
        }
    }

    /// A function or procedure. Overloads are not told apart: a grant on the name covers them all,
    /// and every candidate that the search path can reach is reported.
    record Function(String schema, String name, FunctionClass functionClass) implements Resource {
        @Override
        public String describe() {
            return "function " + schema + "." + name;
        }
    }

    /// What calling a function can do. `UNCLASSIFIED` and everything from `READS_DATA` on needs a
    /// grant by name.
    enum FunctionClass {
        /// Depends on its arguments and harmless session facts only.
        COMPUTES,
        /// Reads the system catalogs' descriptions of objects (`pg_get_viewdef`, `format_type`),
        /// never user rows.
        READS_CATALOG,
        READS_DATA,
        READS_FILES,
        RUNS_SQL,
        CHANGES_SETTINGS,
        CHANGES_DATA,
        AFFECTS_OTHER_SESSIONS,
        NETWORK,
        SLEEPS,
        /// Defined by a user, not by the server.
        USER_DEFINED,
        UNCLASSIFIED
    }

    /// A configuration parameter, as `search_path`; `*` for RESET ALL and DISCARD ALL.
    record Setting(String name) implements Resource {
        @Override
        public String describe() {
            return "setting " + name;
        }
    }

    record Schema(String name) implements Resource {
        @Override
        public String describe() {
            return "schema " + name;
        }
    }

    /// Any other named object: type, role, database, extension, publication, server, channel, ...
    ///
    /// @param type what it is, in lower-case words, as `role`
    /// @param schema its schema, or empty where it has none
    record Other(String type, String schema, String name) implements Resource {
        @Override
        public String describe() {
            return type + " " + (schema.isEmpty() ? "" : schema + ".") + name;
        }
    }
}
