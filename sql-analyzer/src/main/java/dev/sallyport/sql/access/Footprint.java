package dev.sallyport.sql.access;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// Everything one statement can touch: the input of the policy decision.
///
/// Complete or absent: an analysis that cannot account for a part of the statement yields no
/// footprint at all.
///
/// @param accesses each (action, resource, via) at most once, columns merged
/// @param outputs the result's columns, those of COPY ... TO included; empty for statements that
///   return no rows
/// @param hasWhere false only for an UPDATE or DELETE without a condition
/// @param kin by table, of those in {@link #accesses}; none where it has none. What is written with
///   ONLY has nothing below
public record Footprint(
        StatementKind kind,
        List<Access> accesses,
        List<OutputColumn> outputs,
        Set<Effect> effects,
        List<SessionChange> sessionChanges,
        boolean hasWhere,
        Map<Resource.Relation, Kin> kin) {
    public Footprint {
        accesses = List.copyOf(accesses);
        outputs = List.copyOf(outputs);
        effects = Set.copyOf(effects);
        sessionChanges = List.copyOf(sessionChanges);
        kin = Map.copyOf(kin);
    }

    /// The tables of which each row that the access reaches is a row as well.
    public List<Resource.Relation> above(Access access) {
        return kinOf(access).above();
    }

    /// Other tables of which the access reaches rows, without naming them. Whoever adds rows to a
    /// table adds none to what inherits from it, but those of a partitioned one go to its
    /// partitions; and COPY reads the table by itself.
    public List<Resource.Relation> below(Access access) {
        boolean reaches =
                switch (access.action()) {
                    case SELECT, UPDATE, DELETE, TRUNCATE, EXECUTE, DDL, ADMIN, SESSION -> true;
                    case INSERT, COPY_IN, COPY_OUT ->
                            access.resource() instanceof Resource.Relation(_, _, var kind)
                                    && kind == Resource.RelationKind.PARTITIONED_TABLE;
                };
        return reaches ? kinOf(access).below() : List.of();
    }

    private Kin kinOf(Access access) {
        return access.resource() instanceof Resource.Relation relation
                ? kin.getOrDefault(relation, Kin.NONE)
                : Kin.NONE;
    }
}
