package dev.sallyport.sql.lexer;

import static dev.sallyport.sql.lexer.Keyword.Category.COLUMN_NAME;
import static dev.sallyport.sql.lexer.Keyword.Category.RESERVED;
import static dev.sallyport.sql.lexer.Keyword.Category.TYPE_OR_FUNCTION_NAME;
import static dev.sallyport.sql.lexer.Keyword.Category.UNRESERVED;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// PostgreSQL's keywords with their categories: the union of what `pg_get_keywords()` of 15 and of
/// 18 report (`recheck`, unreserved in 15 and without meaning, left out).
///
/// New since 15, and so plain identifiers to a server of 15: as unreserved words `absent
/// conditional empty enforced error format indent keep keys nested objects omit path period plan
/// quotes scalar source string target unconditional virtual`, which make no difference to what a
/// text means; as column-name words `json` and `json_array ... json_value`, `merge_action`, which
/// such a server may know as functions; and `system_user`, reserved, which may be a column there.
/// These carry the first version that has them ({@link #since()}), and before it are words like any
/// other. (`json` is an unreserved word in 16, without another meaning than that of the plain
/// word.)
public enum Keyword {
    ABORT(UNRESERVED),
    ABSENT(UNRESERVED),
    ABSOLUTE(UNRESERVED),
    ACCESS(UNRESERVED),
    ACTION(UNRESERVED),
    ADD(UNRESERVED),
    ADMIN(UNRESERVED),
    AFTER(UNRESERVED),
    AGGREGATE(UNRESERVED),
    ALL(RESERVED),
    ALSO(UNRESERVED),
    ALTER(UNRESERVED),
    ALWAYS(UNRESERVED),
    ANALYSE(RESERVED),
    ANALYZE(RESERVED),
    AND(RESERVED),
    ANY(RESERVED),
    ARRAY(RESERVED, false),
    AS(RESERVED, false),
    ASC(RESERVED),
    ASENSITIVE(UNRESERVED),
    ASSERTION(UNRESERVED),
    ASSIGNMENT(UNRESERVED),
    ASYMMETRIC(RESERVED),
    AT(UNRESERVED),
    ATOMIC(UNRESERVED),
    ATTACH(UNRESERVED),
    ATTRIBUTE(UNRESERVED),
    AUTHORIZATION(TYPE_OR_FUNCTION_NAME),
    BACKWARD(UNRESERVED),
    BEFORE(UNRESERVED),
    BEGIN(UNRESERVED),
    BETWEEN(COLUMN_NAME),
    BIGINT(COLUMN_NAME),
    BINARY(TYPE_OR_FUNCTION_NAME),
    BIT(COLUMN_NAME),
    BOOLEAN(COLUMN_NAME),
    BOTH(RESERVED),
    BREADTH(UNRESERVED),
    BY(UNRESERVED),
    CACHE(UNRESERVED),
    CALL(UNRESERVED),
    CALLED(UNRESERVED),
    CASCADE(UNRESERVED),
    CASCADED(UNRESERVED),
    CASE(RESERVED),
    CAST(RESERVED),
    CATALOG(UNRESERVED),
    CHAIN(UNRESERVED),
    CHAR(COLUMN_NAME, false),
    CHARACTER(COLUMN_NAME, false),
    CHARACTERISTICS(UNRESERVED),
    CHECK(RESERVED),
    CHECKPOINT(UNRESERVED),
    CLASS(UNRESERVED),
    CLOSE(UNRESERVED),
    CLUSTER(UNRESERVED),
    COALESCE(COLUMN_NAME),
    COLLATE(RESERVED),
    COLLATION(TYPE_OR_FUNCTION_NAME),
    COLUMN(RESERVED),
    COLUMNS(UNRESERVED),
    COMMENT(UNRESERVED),
    COMMENTS(UNRESERVED),
    COMMIT(UNRESERVED),
    COMMITTED(UNRESERVED),
    COMPRESSION(UNRESERVED),
    CONCURRENTLY(TYPE_OR_FUNCTION_NAME),
    CONDITIONAL(UNRESERVED),
    CONFIGURATION(UNRESERVED),
    CONFLICT(UNRESERVED),
    CONNECTION(UNRESERVED),
    CONSTRAINT(RESERVED),
    CONSTRAINTS(UNRESERVED),
    CONTENT(UNRESERVED),
    CONTINUE(UNRESERVED),
    CONVERSION(UNRESERVED),
    COPY(UNRESERVED),
    COST(UNRESERVED),
    CREATE(RESERVED, false),
    CROSS(TYPE_OR_FUNCTION_NAME),
    CSV(UNRESERVED),
    CUBE(UNRESERVED),
    CURRENT(UNRESERVED),
    CURRENT_CATALOG(RESERVED),
    CURRENT_DATE(RESERVED),
    CURRENT_ROLE(RESERVED),
    CURRENT_SCHEMA(TYPE_OR_FUNCTION_NAME),
    CURRENT_TIME(RESERVED),
    CURRENT_TIMESTAMP(RESERVED),
    CURRENT_USER(RESERVED),
    CURSOR(UNRESERVED),
    CYCLE(UNRESERVED),
    DATA(UNRESERVED),
    DATABASE(UNRESERVED),
    DAY(UNRESERVED, false),
    DEALLOCATE(UNRESERVED),
    DEC(COLUMN_NAME),
    DECIMAL(COLUMN_NAME),
    DECLARE(UNRESERVED),
    DEFAULT(RESERVED),
    DEFAULTS(UNRESERVED),
    DEFERRABLE(RESERVED),
    DEFERRED(UNRESERVED),
    DEFINER(UNRESERVED),
    DELETE(UNRESERVED),
    DELIMITER(UNRESERVED),
    DELIMITERS(UNRESERVED),
    DEPENDS(UNRESERVED),
    DEPTH(UNRESERVED),
    DESC(RESERVED),
    DETACH(UNRESERVED),
    DICTIONARY(UNRESERVED),
    DISABLE(UNRESERVED),
    DISCARD(UNRESERVED),
    DISTINCT(RESERVED),
    DO(RESERVED),
    DOCUMENT(UNRESERVED),
    DOMAIN(UNRESERVED),
    DOUBLE(UNRESERVED),
    DROP(UNRESERVED),
    EACH(UNRESERVED),
    ELSE(RESERVED),
    EMPTY(UNRESERVED),
    ENABLE(UNRESERVED),
    ENCODING(UNRESERVED),
    ENCRYPTED(UNRESERVED),
    END(RESERVED),
    ENFORCED(UNRESERVED),
    ENUM(UNRESERVED),
    ERROR(UNRESERVED),
    ESCAPE(UNRESERVED),
    EVENT(UNRESERVED),
    EXCEPT(RESERVED, false),
    EXCLUDE(UNRESERVED),
    EXCLUDING(UNRESERVED),
    EXCLUSIVE(UNRESERVED),
    EXECUTE(UNRESERVED),
    EXISTS(COLUMN_NAME),
    EXPLAIN(UNRESERVED),
    EXPRESSION(UNRESERVED),
    EXTENSION(UNRESERVED),
    EXTERNAL(UNRESERVED),
    EXTRACT(COLUMN_NAME),
    FALSE(RESERVED),
    FAMILY(UNRESERVED),
    FETCH(RESERVED, false),
    FILTER(UNRESERVED, false),
    FINALIZE(UNRESERVED),
    FIRST(UNRESERVED),
    FLOAT(COLUMN_NAME),
    FOLLOWING(UNRESERVED),
    FOR(RESERVED, false),
    FORCE(UNRESERVED),
    FOREIGN(RESERVED),
    FORMAT(UNRESERVED),
    FORWARD(UNRESERVED),
    FREEZE(TYPE_OR_FUNCTION_NAME),
    FROM(RESERVED, false),
    FULL(TYPE_OR_FUNCTION_NAME),
    FUNCTION(UNRESERVED),
    FUNCTIONS(UNRESERVED),
    GENERATED(UNRESERVED),
    GLOBAL(UNRESERVED),
    GRANT(RESERVED, false),
    GRANTED(UNRESERVED),
    GREATEST(COLUMN_NAME),
    GROUP(RESERVED, false),
    GROUPING(COLUMN_NAME),
    GROUPS(UNRESERVED),
    HANDLER(UNRESERVED),
    HAVING(RESERVED, false),
    HEADER(UNRESERVED),
    HOLD(UNRESERVED),
    HOUR(UNRESERVED, false),
    IDENTITY(UNRESERVED),
    IF(UNRESERVED),
    ILIKE(TYPE_OR_FUNCTION_NAME),
    IMMEDIATE(UNRESERVED),
    IMMUTABLE(UNRESERVED),
    IMPLICIT(UNRESERVED),
    IMPORT(UNRESERVED),
    IN(RESERVED),
    INCLUDE(UNRESERVED),
    INCLUDING(UNRESERVED),
    INCREMENT(UNRESERVED),
    INDENT(UNRESERVED),
    INDEX(UNRESERVED),
    INDEXES(UNRESERVED),
    INHERIT(UNRESERVED),
    INHERITS(UNRESERVED),
    INITIALLY(RESERVED),
    INLINE(UNRESERVED),
    INNER(TYPE_OR_FUNCTION_NAME),
    INOUT(COLUMN_NAME),
    INPUT(UNRESERVED),
    INSENSITIVE(UNRESERVED),
    INSERT(UNRESERVED),
    INSTEAD(UNRESERVED),
    INT(COLUMN_NAME),
    INTEGER(COLUMN_NAME),
    INTERSECT(RESERVED, false),
    INTERVAL(COLUMN_NAME),
    INTO(RESERVED, false),
    INVOKER(UNRESERVED),
    IS(TYPE_OR_FUNCTION_NAME),
    ISNULL(TYPE_OR_FUNCTION_NAME, false),
    ISOLATION(UNRESERVED),
    JOIN(TYPE_OR_FUNCTION_NAME),
    JSON(COLUMN_NAME, 17),
    JSON_ARRAY(COLUMN_NAME, 16),
    JSON_ARRAYAGG(COLUMN_NAME, 16),
    JSON_EXISTS(COLUMN_NAME, 17),
    JSON_OBJECT(COLUMN_NAME, 16),
    JSON_OBJECTAGG(COLUMN_NAME, 16),
    JSON_QUERY(COLUMN_NAME, 17),
    JSON_SCALAR(COLUMN_NAME, 17),
    JSON_SERIALIZE(COLUMN_NAME, 17),
    JSON_TABLE(COLUMN_NAME, 17),
    JSON_VALUE(COLUMN_NAME, 17),
    KEEP(UNRESERVED),
    KEY(UNRESERVED),
    KEYS(UNRESERVED),
    LABEL(UNRESERVED),
    LANGUAGE(UNRESERVED),
    LARGE(UNRESERVED),
    LAST(UNRESERVED),
    LATERAL(RESERVED),
    LEADING(RESERVED),
    LEAKPROOF(UNRESERVED),
    LEAST(COLUMN_NAME),
    LEFT(TYPE_OR_FUNCTION_NAME),
    LEVEL(UNRESERVED),
    LIKE(TYPE_OR_FUNCTION_NAME),
    LIMIT(RESERVED, false),
    LISTEN(UNRESERVED),
    LOAD(UNRESERVED),
    LOCAL(UNRESERVED),
    LOCALTIME(RESERVED),
    LOCALTIMESTAMP(RESERVED),
    LOCATION(UNRESERVED),
    LOCK(UNRESERVED),
    LOCKED(UNRESERVED),
    LOGGED(UNRESERVED),
    MAPPING(UNRESERVED),
    MATCH(UNRESERVED),
    MATCHED(UNRESERVED),
    MATERIALIZED(UNRESERVED),
    MAXVALUE(UNRESERVED),
    MERGE(UNRESERVED),
    MERGE_ACTION(COLUMN_NAME, 17),
    METHOD(UNRESERVED),
    MINUTE(UNRESERVED, false),
    MINVALUE(UNRESERVED),
    MODE(UNRESERVED),
    MONTH(UNRESERVED, false),
    MOVE(UNRESERVED),
    NAME(UNRESERVED),
    NAMES(UNRESERVED),
    NATIONAL(COLUMN_NAME),
    NATURAL(TYPE_OR_FUNCTION_NAME),
    NCHAR(COLUMN_NAME),
    NESTED(UNRESERVED),
    NEW(UNRESERVED),
    NEXT(UNRESERVED),
    NFC(UNRESERVED),
    NFD(UNRESERVED),
    NFKC(UNRESERVED),
    NFKD(UNRESERVED),
    NO(UNRESERVED),
    NONE(COLUMN_NAME),
    NORMALIZE(COLUMN_NAME),
    NORMALIZED(UNRESERVED),
    NOT(RESERVED),
    NOTHING(UNRESERVED),
    NOTIFY(UNRESERVED),
    NOTNULL(TYPE_OR_FUNCTION_NAME, false),
    NOWAIT(UNRESERVED),
    NULL(RESERVED),
    NULLIF(COLUMN_NAME),
    NULLS(UNRESERVED),
    NUMERIC(COLUMN_NAME),
    OBJECT(UNRESERVED),
    OBJECTS(UNRESERVED),
    OF(UNRESERVED),
    OFF(UNRESERVED),
    OFFSET(RESERVED, false),
    OIDS(UNRESERVED),
    OLD(UNRESERVED),
    OMIT(UNRESERVED),
    ON(RESERVED, false),
    ONLY(RESERVED),
    OPERATOR(UNRESERVED),
    OPTION(UNRESERVED),
    OPTIONS(UNRESERVED),
    OR(RESERVED),
    ORDER(RESERVED, false),
    ORDINALITY(UNRESERVED),
    OTHERS(UNRESERVED),
    OUT(COLUMN_NAME),
    OUTER(TYPE_OR_FUNCTION_NAME),
    OVER(UNRESERVED, false),
    OVERLAPS(TYPE_OR_FUNCTION_NAME, false),
    OVERLAY(COLUMN_NAME),
    OVERRIDING(UNRESERVED),
    OWNED(UNRESERVED),
    OWNER(UNRESERVED),
    PARALLEL(UNRESERVED),
    PARAMETER(UNRESERVED),
    PARSER(UNRESERVED),
    PARTIAL(UNRESERVED),
    PARTITION(UNRESERVED),
    PASSING(UNRESERVED),
    PASSWORD(UNRESERVED),
    PATH(UNRESERVED),
    PERIOD(UNRESERVED),
    PLACING(RESERVED),
    PLAN(UNRESERVED),
    PLANS(UNRESERVED),
    POLICY(UNRESERVED),
    POSITION(COLUMN_NAME),
    PRECEDING(UNRESERVED),
    PRECISION(COLUMN_NAME, false),
    PREPARE(UNRESERVED),
    PREPARED(UNRESERVED),
    PRESERVE(UNRESERVED),
    PRIMARY(RESERVED),
    PRIOR(UNRESERVED),
    PRIVILEGES(UNRESERVED),
    PROCEDURAL(UNRESERVED),
    PROCEDURE(UNRESERVED),
    PROCEDURES(UNRESERVED),
    PROGRAM(UNRESERVED),
    PUBLICATION(UNRESERVED),
    QUOTE(UNRESERVED),
    QUOTES(UNRESERVED),
    RANGE(UNRESERVED),
    READ(UNRESERVED),
    REAL(COLUMN_NAME),
    REASSIGN(UNRESERVED),
    RECURSIVE(UNRESERVED),
    REF(UNRESERVED),
    REFERENCES(RESERVED),
    REFERENCING(UNRESERVED),
    REFRESH(UNRESERVED),
    REINDEX(UNRESERVED),
    RELATIVE(UNRESERVED),
    RELEASE(UNRESERVED),
    RENAME(UNRESERVED),
    REPEATABLE(UNRESERVED),
    REPLACE(UNRESERVED),
    REPLICA(UNRESERVED),
    RESET(UNRESERVED),
    RESTART(UNRESERVED),
    RESTRICT(UNRESERVED),
    RETURN(UNRESERVED),
    RETURNING(RESERVED, false),
    RETURNS(UNRESERVED),
    REVOKE(UNRESERVED),
    RIGHT(TYPE_OR_FUNCTION_NAME),
    ROLE(UNRESERVED),
    ROLLBACK(UNRESERVED),
    ROLLUP(UNRESERVED),
    ROUTINE(UNRESERVED),
    ROUTINES(UNRESERVED),
    ROW(COLUMN_NAME),
    ROWS(UNRESERVED),
    RULE(UNRESERVED),
    SAVEPOINT(UNRESERVED),
    SCALAR(UNRESERVED),
    SCHEMA(UNRESERVED),
    SCHEMAS(UNRESERVED),
    SCROLL(UNRESERVED),
    SEARCH(UNRESERVED),
    SECOND(UNRESERVED, false),
    SECURITY(UNRESERVED),
    SELECT(RESERVED),
    SEQUENCE(UNRESERVED),
    SEQUENCES(UNRESERVED),
    SERIALIZABLE(UNRESERVED),
    SERVER(UNRESERVED),
    SESSION(UNRESERVED),
    SESSION_USER(RESERVED),
    SET(UNRESERVED),
    SETOF(COLUMN_NAME),
    SETS(UNRESERVED),
    SHARE(UNRESERVED),
    SHOW(UNRESERVED),
    SIMILAR(TYPE_OR_FUNCTION_NAME),
    SIMPLE(UNRESERVED),
    SKIP(UNRESERVED),
    SMALLINT(COLUMN_NAME),
    SNAPSHOT(UNRESERVED),
    SOME(RESERVED),
    SOURCE(UNRESERVED),
    SQL(UNRESERVED),
    STABLE(UNRESERVED),
    STANDALONE(UNRESERVED),
    START(UNRESERVED),
    STATEMENT(UNRESERVED),
    STATISTICS(UNRESERVED),
    STDIN(UNRESERVED),
    STDOUT(UNRESERVED),
    STORAGE(UNRESERVED),
    STORED(UNRESERVED),
    STRICT(UNRESERVED),
    STRING(UNRESERVED),
    STRIP(UNRESERVED),
    SUBSCRIPTION(UNRESERVED),
    SUBSTRING(COLUMN_NAME),
    SUPPORT(UNRESERVED),
    SYMMETRIC(RESERVED),
    SYSID(UNRESERVED),
    SYSTEM(UNRESERVED),
    SYSTEM_USER(RESERVED, 16),
    TABLE(RESERVED),
    TABLES(UNRESERVED),
    TABLESAMPLE(TYPE_OR_FUNCTION_NAME),
    TABLESPACE(UNRESERVED),
    TARGET(UNRESERVED),
    TEMP(UNRESERVED),
    TEMPLATE(UNRESERVED),
    TEMPORARY(UNRESERVED),
    TEXT(UNRESERVED),
    THEN(RESERVED),
    TIES(UNRESERVED),
    TIME(COLUMN_NAME),
    TIMESTAMP(COLUMN_NAME),
    TO(RESERVED, false),
    TRAILING(RESERVED),
    TRANSACTION(UNRESERVED),
    TRANSFORM(UNRESERVED),
    TREAT(COLUMN_NAME),
    TRIGGER(UNRESERVED),
    TRIM(COLUMN_NAME),
    TRUE(RESERVED),
    TRUNCATE(UNRESERVED),
    TRUSTED(UNRESERVED),
    TYPE(UNRESERVED),
    TYPES(UNRESERVED),
    UESCAPE(UNRESERVED),
    UNBOUNDED(UNRESERVED),
    UNCOMMITTED(UNRESERVED),
    UNCONDITIONAL(UNRESERVED),
    UNENCRYPTED(UNRESERVED),
    UNION(RESERVED, false),
    UNIQUE(RESERVED),
    UNKNOWN(UNRESERVED),
    UNLISTEN(UNRESERVED),
    UNLOGGED(UNRESERVED),
    UNTIL(UNRESERVED),
    UPDATE(UNRESERVED),
    USER(RESERVED),
    USING(RESERVED),
    VACUUM(UNRESERVED),
    VALID(UNRESERVED),
    VALIDATE(UNRESERVED),
    VALIDATOR(UNRESERVED),
    VALUE(UNRESERVED),
    VALUES(COLUMN_NAME),
    VARCHAR(COLUMN_NAME),
    VARIADIC(RESERVED),
    VARYING(UNRESERVED, false),
    VERBOSE(TYPE_OR_FUNCTION_NAME),
    VERSION(UNRESERVED),
    VIEW(UNRESERVED),
    VIEWS(UNRESERVED),
    VIRTUAL(UNRESERVED),
    VOLATILE(UNRESERVED),
    WHEN(RESERVED),
    WHERE(RESERVED, false),
    WHITESPACE(UNRESERVED),
    WINDOW(RESERVED, false),
    WITH(RESERVED, false),
    WITHIN(UNRESERVED, false),
    WITHOUT(UNRESERVED, false),
    WORK(UNRESERVED),
    WRAPPER(UNRESERVED),
    WRITE(UNRESERVED),
    XML(UNRESERVED),
    XMLATTRIBUTES(COLUMN_NAME),
    XMLCONCAT(COLUMN_NAME),
    XMLELEMENT(COLUMN_NAME),
    XMLEXISTS(COLUMN_NAME),
    XMLFOREST(COLUMN_NAME),
    XMLNAMESPACES(COLUMN_NAME),
    XMLPARSE(COLUMN_NAME),
    XMLPI(COLUMN_NAME),
    XMLROOT(COLUMN_NAME),
    XMLSERIALIZE(COLUMN_NAME),
    XMLTABLE(COLUMN_NAME),
    YEAR(UNRESERVED, false),
    YES(UNRESERVED),
    ZONE(UNRESERVED);

    public enum Category {
        /// May be any name.
        UNRESERVED,
        /// May name columns and tables, but no function or type.
        COLUMN_NAME,
        /// May name functions and types, but no column or table.
        TYPE_OR_FUNCTION_NAME,
        /// May only be a label behind AS.
        RESERVED
    }

    private static final int SLOT_COUNT = 4096;
    private static final @Nullable Keyword[] SLOTS = new @Nullable Keyword[SLOT_COUNT];

    static {
        for (Keyword keyword : values()) {
            int slot = slot(hash(keyword.word));
            while (SLOTS[slot] != null) slot = (slot + 1) & (SLOT_COUNT - 1);
            SLOTS[slot] = keyword;
        }
    }

    private final String word;
    private final Category category;
    private final boolean bareLabel;
    private final int since;

    Keyword(Category category) {
        this(category, true, 0);
    }

    Keyword(Category category, boolean bareLabel) {
        this(category, bareLabel, 0);
    }

    Keyword(Category category, int since) {
        this(category, true, since);
    }

    Keyword(Category category, boolean bareLabel, int since) {
        this.word = name().toLowerCase(Locale.ROOT);
        this.category = category;
        this.bareLabel = bareLabel;
        this.since = since;
    }

    /// In lower case.
    public String word() {
        return word;
    }

    public Category category() {
        return category;
    }

    /// Whether it may label an output column without AS.
    public boolean bareLabel() {
        return bareLabel;
    }

    /// Whether a name of a table or column that is written so needs double quotes.
    public static boolean isReserved(String word) {
        Keyword keyword = at(word, 0, word.length());
        return keyword != null
                && switch (keyword.category) {
                    case RESERVED, TYPE_OR_FUNCTION_NAME -> true;
                    case UNRESERVED, COLUMN_NAME -> false;
                };
    }

    /// The first major version to which it means something else than the plain word does; 0 for
    /// those that 15 has, and for those of which it makes no difference.
    int since() {
        return since;
    }

    /// The keyword written at `start` to `end`, in any case, or null.
    static @Nullable Keyword at(String text, int start, int end) {
        int hash = 0;
        for (int i = start; i < end; i++) hash = 31 * hash + fold(text.charAt(i));
        int length = end - start;
        for (int slot = slot(hash); ; slot = (slot + 1) & (SLOT_COUNT - 1)) {
            Keyword keyword = SLOTS[slot];
            if (keyword == null) return null;
            if (keyword.word.length() == length && equals(keyword.word, text, start))
                return keyword;
        }
    }

    private static boolean equals(String word, String text, int start) {
        for (int i = 0; i < word.length(); i++)
            if (word.charAt(i) != fold(text.charAt(start + i))) return false;
        return true;
    }

    /// ASCII only, as the server does whatever its locale.
    static char fold(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }

    private static int hash(String word) {
        int hash = 0;
        for (int i = 0; i < word.length(); i++) hash = 31 * hash + word.charAt(i);
        return hash;
    }

    private static int slot(int hash) {
        return (hash ^ (hash >>> 12)) & (SLOT_COUNT - 1);
    }
}
