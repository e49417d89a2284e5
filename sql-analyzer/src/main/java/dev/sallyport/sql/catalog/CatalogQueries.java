package dev.sallyport.sql.catalog;

import java.util.ArrayList;
import java.util.List;

/// The SQL that reads a {@link Catalog} from PostgreSQL 15 to 18: run each text of {@link #all()}
/// in order, on one connection, and hand every row to {@link CatalogBuilder#add} with the text's
/// index.
///
/// They also run inside a client's session, whose search_path may be hostile. So every name in them
/// carries its schema, every operator is written `OPERATOR(pg_catalog.=)`, and none of the
/// constructs that look an operator up by name (`IN`, `BETWEEN`, `LIKE`, `||`, `NULLIF`, simple
/// `CASE`, `USING`, `IS DISTINCT FROM`) occurs. Their literals hold no backslash and no quote, so
/// that standard_conforming_strings doesn't matter, and they read `pg_catalog` only.
public enum CatalogQueries {
    /// Version number, database name, and the encoding that the database keeps its names in.
    SERVER(
            """
            SELECT pg_catalog.current_setting('server_version_num'),
                   pg_catalog.current_database()::pg_catalog.text,
                   pg_catalog.current_setting('server_encoding')
            """),

    /// Schemas; the session's own temporary schema as `pg_temp`, those of others not at all.
    SCHEMAS(
            """
            SELECT n.oid::pg_catalog.text,
                   CASE WHEN n.oid OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()
                        THEN 'pg_temp' ELSE n.nspname::pg_catalog.text END,
                   n.nspname::pg_catalog.text
              FROM pg_catalog.pg_namespace n
             WHERE NOT pg_catalog.pg_is_other_temp_schema(n.oid)
               AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_toast')
            """),

    /// Types: oid, schema, name, typtype, typcategory, relation of a composite, element of an
    /// array, base of a domain, subtype of a range or multirange.
    TYPES(
            """
            SELECT t.oid::pg_catalog.text, t.typnamespace::pg_catalog.text, t.typname::pg_catalog.text,
                   t.typtype::pg_catalog.text, t.typcategory::pg_catalog.text,
                   t.typrelid::pg_catalog.text, t.typelem::pg_catalog.text,
                   t.typbasetype::pg_catalog.text, r.rngsubtype::pg_catalog.text
              FROM pg_catalog.pg_type t
              LEFT JOIN pg_catalog.pg_range r
                ON r.rngtypid OPERATOR(pg_catalog.=) t.oid
                OR r.rngmultitypid OPERATOR(pg_catalog.=) t.oid
             WHERE NOT pg_catalog.pg_is_other_temp_schema(t.typnamespace)
            """),

    /// Relations: oid, schema, name, relkind, row type, row security.
    RELATIONS(
            """
            SELECT c.oid::pg_catalog.text, c.relnamespace::pg_catalog.text, c.relname::pg_catalog.text,
                   c.relkind::pg_catalog.text, c.reltype::pg_catalog.text,
                   c.relrowsecurity::pg_catalog.text
              FROM pg_catalog.pg_class c
             WHERE c.relkind OPERATOR(pg_catalog.<>) 't'
               AND NOT pg_catalog.pg_is_other_temp_schema(c.relnamespace)
            """),

    /// Columns in their order, dropped ones left out: relation, name, type.
    COLUMNS(
            """
            SELECT a.attrelid::pg_catalog.text, a.attname::pg_catalog.text,
                   a.atttypid::pg_catalog.text
              FROM pg_catalog.pg_attribute a
              JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.attrelid
             WHERE a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
               AND NOT pg_catalog.pg_is_other_temp_schema(c.relnamespace)
               AND c.relkind::pg_catalog.text
                   OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p', 'v', 'm', 'f', 'c', 'S'])
             ORDER BY a.attrelid, a.attnum
            """),

    /// Definitions of users' views, with what their text depends on: `pg_get_viewdef` leaves the
    /// schema off whatever the path in force makes visible, and writes backslashes as the session's
    /// literals have them. Then whether new rows are held to it (WITH CHECK OPTION), or null.
    VIEWS(
            """
            SELECT c.oid::pg_catalog.text, pg_catalog.pg_get_viewdef(c.oid),
                   pg_catalog.current_schemas(true)::pg_catalog.text,
                   pg_catalog.current_setting('standard_conforming_strings'),
                   (SELECT true FROM pg_catalog.unnest(c.reloptions) o
                     WHERE pg_catalog.starts_with(o, 'check_option='))::pg_catalog.text
              FROM pg_catalog.pg_class c
             WHERE c.relkind::pg_catalog.text OPERATOR(pg_catalog.=) ANY (ARRAY['v', 'm'])
               AND c.oid OPERATOR(pg_catalog.>=) '16384'::pg_catalog.oid
               AND NOT pg_catalog.pg_is_other_temp_schema(c.relnamespace)
            """),

    /// What each rewrite rule (a view's query included) refers to, as the server itself recorded
    /// it: rule, its relation, kind of object (`c` relation, `p` function), object, column or null.
    RULE_DEPENDENCIES(
            """
            SELECT r.oid::pg_catalog.text, r.ev_class::pg_catalog.text,
                   CASE WHEN d.refclassid
                             OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
                        THEN 'c' ELSE 'p' END,
                   d.refobjid::pg_catalog.text, a.attname::pg_catalog.text,
                   r.ev_type::pg_catalog.text
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_rewrite r ON r.oid OPERATOR(pg_catalog.=) d.objid
              LEFT JOIN pg_catalog.pg_attribute a
                ON d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
               AND a.attrelid OPERATOR(pg_catalog.=) d.refobjid
               AND a.attnum OPERATOR(pg_catalog.=) d.refobjsubid
               AND d.refobjsubid OPERATOR(pg_catalog.<>) 0
             WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_rewrite'::pg_catalog.regclass
               AND (d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
                 OR d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass)
               AND r.oid OPERATOR(pg_catalog.>=) '16384'::pg_catalog.oid
            """),

    /// Rules other than a view's own: rule, relation, name, event (2 update, 3 insert, 4 delete),
    /// INSTEAD, definition, path and literal mode as in {@link #VIEWS}.
    RULES(
            """
            SELECT r.oid::pg_catalog.text, r.ev_class::pg_catalog.text, r.rulename::pg_catalog.text,
                   r.ev_type::pg_catalog.text, r.is_instead::pg_catalog.text,
                   pg_catalog.pg_get_ruledef(r.oid),
                   pg_catalog.current_schemas(true)::pg_catalog.text,
                   pg_catalog.current_setting('standard_conforming_strings')
              FROM pg_catalog.pg_rewrite r
             WHERE r.ev_type OPERATOR(pg_catalog.<>) '1'
               AND r.ev_enabled OPERATOR(pg_catalog.<>) 'D'
            """),

    /// Functions, procedures, aggregates: oid, schema, name, prokind, language, result type,
    /// returns a set, arguments, of which with defaults, variadic, then for OUT columns modes,
    /// names and types of all arguments, extension, argument types.
    ROUTINES(
            """
            SELECT p.oid::pg_catalog.text, p.pronamespace::pg_catalog.text,
                   p.proname::pg_catalog.text, p.prokind::pg_catalog.text, l.lanname::pg_catalog.text,
                   p.prorettype::pg_catalog.text, p.proretset::pg_catalog.text,
                   p.pronargs::pg_catalog.text, p.pronargdefaults::pg_catalog.text,
                   p.provariadic::pg_catalog.text, p.proargmodes::pg_catalog.text,
                   CASE WHEN p.proargmodes IS NULL THEN NULL
                        ELSE p.proargnames::pg_catalog.text END,
                   p.proallargtypes::pg_catalog.text, e.extname::pg_catalog.text,
                   p.proargtypes::pg_catalog.text
              FROM pg_catalog.pg_proc p
              JOIN pg_catalog.pg_language l ON l.oid OPERATOR(pg_catalog.=) p.prolang
              LEFT JOIN pg_catalog.pg_depend d
                ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
               AND d.objid OPERATOR(pg_catalog.=) p.oid
               AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
               AND d.deptype OPERATOR(pg_catalog.=) 'e'
              LEFT JOIN pg_catalog.pg_extension e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
             WHERE NOT pg_catalog.pg_is_other_temp_schema(p.pronamespace)
            """),

    /// Operators: oid, schema, name, left and right operand (0 for none), result, function.
    OPERATORS(
            """
            SELECT o.oid::pg_catalog.text, o.oprnamespace::pg_catalog.text,
                   o.oprname::pg_catalog.text, o.oprleft::pg_catalog.text,
                   o.oprright::pg_catalog.text, o.oprresult::pg_catalog.text,
                   o.oprcode::pg_catalog.oid::pg_catalog.text
              FROM pg_catalog.pg_operator o
            """),

    /// Casts: source, target, function (0 for none), context (`i` implicit, `a` assignment, `e`).
    CASTS(
            """
            SELECT c.castsource::pg_catalog.text, c.casttarget::pg_catalog.text,
                   c.castfunc::pg_catalog.text, c.castcontext::pg_catalog.text
              FROM pg_catalog.pg_cast c
            """),

    /// Inheritance and partitions: parent, child.
    INHERITANCE(
            """
            SELECT i.inhparent::pg_catalog.text, i.inhrelid::pg_catalog.text
              FROM pg_catalog.pg_inherits i
              JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.inhparent
             WHERE c.relkind::pg_catalog.text
                   OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p', 'f'])
            """),

    /// Foreign keys: the referring table, the one referred to.
    FOREIGN_KEYS(
            """
            SELECT k.conrelid::pg_catalog.text, k.confrelid::pg_catalog.text
              FROM pg_catalog.pg_constraint k
             WHERE k.contype OPERATOR(pg_catalog.=) 'f'
            """),

    /// What a change to a relation's rows, or a value of a type, sets off in functions that users
    /// wrote, by name or as operators: relation or 0, type or 0, function, and which changes (`i`
    /// insert, `u` update, `d` delete, `t` truncate, `m` maintenance and alterations, which compute
    /// anew what is stored; of a type, `c` comparison, else its checks and default). Triggers with
    /// their conditions, defaults, generated columns, checks, index expressions, partition keys,
    /// statistics; default operator classes.
    SET_OFF(
            """
            SELECT x.relation::pg_catalog.text, x.domain::pg_catalog.text,
                   CASE WHEN o.oid IS NULL THEN d.refobjid
                        ELSE o.oprcode::pg_catalog.oid END::pg_catalog.text,
                   x.changes
              FROM (SELECT 'pg_catalog.pg_trigger'::pg_catalog.regclass::pg_catalog.oid AS class,
                           t.oid AS object, t.tgrelid AS relation, '0'::pg_catalog.oid AS domain,
                           pg_catalog.concat(
                               CASE WHEN t.tgtype OPERATOR(pg_catalog.&) '4'::pg_catalog.int2
                                         OPERATOR(pg_catalog.<>) '0'::pg_catalog.int2
                                    THEN 'i' END,
                               CASE WHEN t.tgtype OPERATOR(pg_catalog.&) '8'::pg_catalog.int2
                                         OPERATOR(pg_catalog.<>) '0'::pg_catalog.int2
                                    THEN 'd' END,
                               CASE WHEN t.tgtype OPERATOR(pg_catalog.&) '16'::pg_catalog.int2
                                         OPERATOR(pg_catalog.<>) '0'::pg_catalog.int2
                                    THEN 'u' END,
                               CASE WHEN t.tgtype OPERATOR(pg_catalog.&) '32'::pg_catalog.int2
                                         OPERATOR(pg_catalog.<>) '0'::pg_catalog.int2
                                    THEN 't' END) AS changes
                      FROM pg_catalog.pg_trigger t
                     WHERE NOT t.tgisinternal AND t.tgenabled OPERATOR(pg_catalog.<>) 'D'
                    UNION ALL
                    SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass, f.oid, f.adrelid, '0',
                           CASE WHEN a.attgenerated OPERATOR(pg_catalog.=) '' THEN 'iu'
                                ELSE 'ium' END
                      FROM pg_catalog.pg_attrdef f
                      JOIN pg_catalog.pg_attribute a
                        ON a.attrelid OPERATOR(pg_catalog.=) f.adrelid
                       AND a.attnum OPERATOR(pg_catalog.=) f.adnum
                    UNION ALL
                    SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, k.conrelid,
                           k.contypid, 'ium'
                      FROM pg_catalog.pg_constraint k
                    UNION ALL
                    SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, y.oid, '0', y.oid, 'iu'
                      FROM pg_catalog.pg_type y
                     WHERE y.typtype OPERATOR(pg_catalog.=) 'd'
                    UNION ALL
                    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, i.indexrelid, i.indrelid,
                           '0', 'ium'
                      FROM pg_catalog.pg_index i
                    UNION ALL
                    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, i.indexrelid, i.indexrelid,
                           '0', 'm'
                      FROM pg_catalog.pg_index i
                    UNION ALL
                    SELECT 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass, s.oid, s.stxrelid,
                           '0', 'm'
                      FROM pg_catalog.pg_statistic_ext s
                    UNION ALL
                    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, q.partrelid, q.partrelid,
                           '0', 'ium'
                      FROM pg_catalog.pg_partitioned_table q
                    UNION ALL
                    SELECT 'pg_catalog.pg_amproc'::pg_catalog.regclass, m.oid, '0', c.opcintype,
                           'c'
                      FROM pg_catalog.pg_amproc m
                      JOIN pg_catalog.pg_opclass c
                        ON c.opcfamily OPERATOR(pg_catalog.=) m.amprocfamily
                       AND c.opcdefault
                    UNION ALL
                    SELECT 'pg_catalog.pg_amop'::pg_catalog.regclass, m.oid, '0', c.opcintype,
                           'c'
                      FROM pg_catalog.pg_amop m
                      JOIN pg_catalog.pg_opclass c
                        ON c.opcfamily OPERATOR(pg_catalog.=) m.amopfamily
                       AND c.opcdefault) x
              JOIN pg_catalog.pg_depend d
                ON d.classid OPERATOR(pg_catalog.=) x.class
               AND d.objid OPERATOR(pg_catalog.=) x.object
              LEFT JOIN pg_catalog.pg_operator o
                ON d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_operator'::pg_catalog.regclass
               AND o.oid OPERATOR(pg_catalog.=) d.refobjid
             WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
                OR d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_operator'::pg_catalog.regclass
            """),

    /// Foreign keys that change the referring rows when a row referred to goes or changes: key,
    /// referring table, the one referred to, on delete and on update (`c` cascade, `n` set null,
    /// `d` set default, `a`/`r` nothing), a column and the one that it refers to. One row per
    /// column.
    FOREIGN_KEY_ACTIONS(
            """
            SELECT k.oid::pg_catalog.text, k.conrelid::pg_catalog.text, k.confrelid::pg_catalog.text,
                   k.confdeltype::pg_catalog.text, k.confupdtype::pg_catalog.text,
                   a.attname::pg_catalog.text, b.attname::pg_catalog.text
              FROM pg_catalog.pg_constraint k
              LEFT JOIN pg_catalog.pg_constraint p
                ON p.oid OPERATOR(pg_catalog.=) k.conparentid
             CROSS JOIN LATERAL ROWS FROM
                   (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey)) AS u (own, other)
              JOIN pg_catalog.pg_attribute a
                ON a.attrelid OPERATOR(pg_catalog.=) k.conrelid
               AND a.attnum OPERATOR(pg_catalog.=) u.own
              JOIN pg_catalog.pg_attribute b
                ON b.attrelid OPERATOR(pg_catalog.=) k.confrelid
               AND b.attnum OPERATOR(pg_catalog.=) u.other
             WHERE k.contype OPERATOR(pg_catalog.=) 'f'
               AND (k.confdeltype::pg_catalog.text
                    OPERATOR(pg_catalog.=) ANY (ARRAY['c', 'n', 'd'])
                 OR k.confupdtype::pg_catalog.text
                    OPERATOR(pg_catalog.=) ANY (ARRAY['c', 'n', 'd']))
               AND (p.oid IS NULL OR p.conrelid OPERATOR(pg_catalog.=) k.conrelid)
            """),

    /// What the policies of row security refer to: policy, its relation, then as in {@link
    /// #RULE_DEPENDENCIES}; an operator as its function.
    POLICY_DEPENDENCIES(
            """
            SELECT y.oid::pg_catalog.text, y.polrelid::pg_catalog.text,
                   CASE WHEN d.refclassid
                             OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
                        THEN 'c' ELSE 'p' END,
                   CASE WHEN o.oid IS NULL THEN d.refobjid
                        ELSE o.oprcode::pg_catalog.oid END::pg_catalog.text,
                   a.attname::pg_catalog.text
              FROM pg_catalog.pg_policy y
              JOIN pg_catalog.pg_depend d
                ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_policy'::pg_catalog.regclass
               AND d.objid OPERATOR(pg_catalog.=) y.oid
              LEFT JOIN pg_catalog.pg_operator o
                ON d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_operator'::pg_catalog.regclass
               AND o.oid OPERATOR(pg_catalog.=) d.refobjid
              LEFT JOIN pg_catalog.pg_attribute a
                ON d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
               AND a.attrelid OPERATOR(pg_catalog.=) d.refobjid
               AND a.attnum OPERATOR(pg_catalog.=) d.refobjsubid
               AND d.refobjsubid OPERATOR(pg_catalog.<>) 0
             WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
                OR d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
                OR d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_operator'::pg_catalog.regclass
            """),

    /// Of functions that users wrote, the bodies in SQL or PL/pgSQL: function, text, or null where
    /// it isn't one of these, the defaults of its arguments or null.
    BODIES(
            """
            SELECT p.oid::pg_catalog.text,
                   CASE WHEN p.prokind OPERATOR(pg_catalog.<>) 'f'
                          OR NOT l.lanname::pg_catalog.text
                             OPERATOR(pg_catalog.=) ANY (ARRAY['sql', 'plpgsql']) THEN NULL
                        WHEN p.prosqlbody IS NULL THEN p.prosrc
                        ELSE pg_catalog.pg_get_function_sqlbody(p.oid) END,
                   pg_catalog.pg_get_expr(p.proargdefaults, '0'::pg_catalog.oid)
              FROM pg_catalog.pg_proc p
              JOIN pg_catalog.pg_language l ON l.oid OPERATOR(pg_catalog.=) p.prolang
             WHERE p.oid OPERATOR(pg_catalog.>=) '16384'::pg_catalog.oid
               AND (p.pronargdefaults OPERATOR(pg_catalog.>) '0'::pg_catalog.int2
                 OR p.prokind OPERATOR(pg_catalog.=) 'f'
                AND l.lanname::pg_catalog.text
                    OPERATOR(pg_catalog.=) ANY (ARRAY['sql', 'plpgsql']))
               AND NOT pg_catalog.pg_is_other_temp_schema(p.pronamespace)
            """),

    /// What a column's type doesn't say, for the columns that have any of it: relation, column, the
    /// server's own type with its modifiers as the grammar's keywords have it (`character
    /// varying(11)`: no search path changes what that means), schema and name of a collation that
    /// is not the type's own, whether it is generated.
    COLUMN_DETAILS(
            """
            SELECT a.attrelid::pg_catalog.text, a.attname::pg_catalog.text,
                   CASE WHEN a.atttypmod OPERATOR(pg_catalog.>=) 0
                         AND t.oid OPERATOR(pg_catalog.<) '16384'::pg_catalog.oid
                        THEN pg_catalog.format_type(a.atttypid, a.atttypmod) END,
                   n.nspname::pg_catalog.text, c.collname::pg_catalog.text,
                   (a.attgenerated OPERATOR(pg_catalog.<>) '')::pg_catalog.text
              FROM pg_catalog.pg_attribute a
              JOIN pg_catalog.pg_class r ON r.oid OPERATOR(pg_catalog.=) a.attrelid
              JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) a.atttypid
              LEFT JOIN pg_catalog.pg_collation c
                ON c.oid OPERATOR(pg_catalog.=) a.attcollation
               AND a.attcollation OPERATOR(pg_catalog.<>) t.typcollation
              LEFT JOIN pg_catalog.pg_namespace n
                ON n.oid OPERATOR(pg_catalog.=) c.collnamespace
             WHERE a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
               AND r.oid OPERATOR(pg_catalog.>=) '16384'::pg_catalog.oid
               AND NOT pg_catalog.pg_is_other_temp_schema(r.relnamespace)
               AND (a.atttypmod OPERATOR(pg_catalog.>=) 0 OR c.oid IS NOT NULL
                 OR a.attgenerated OPERATOR(pg_catalog.<>) '')
            """),

    /// Domains over a type of the server's own with modifiers: domain, that type as in {@link
    /// #COLUMN_DETAILS}.
    DOMAINS(
            """
            SELECT t.oid::pg_catalog.text, pg_catalog.format_type(t.typbasetype, t.typtypmod)
              FROM pg_catalog.pg_type t
             WHERE t.typtype OPERATOR(pg_catalog.=) 'd'
               AND t.typtypmod OPERATOR(pg_catalog.>=) 0
               AND t.typbasetype OPERATOR(pg_catalog.<) '16384'::pg_catalog.oid
            """),

    /// Functions that tell nothing about their arguments but by their result.
    LEAKPROOF(
            """
            SELECT p.oid::pg_catalog.text FROM pg_catalog.pg_proc p WHERE p.proleakproof
            """);

    private static final List<String> ALL = texts();

    private final String sql;

    CatalogQueries(String sql) {
        this.sql = sql;
    }

    /// The texts in the order of their indexes.
    public static List<String> all() {
        return ALL;
    }

    public String sql() {
        return sql;
    }

    private static List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (CatalogQueries query : values()) texts.add(query.sql.strip());
        return List.copyOf(texts);
    }
}
