package dev.sallyport.sql.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.FootprintFixtureStatements;
import dev.sallyport.sql.SavedCatalog;
import dev.sallyport.sql.SqlAnalyzer;
import dev.sallyport.sql.SqlText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FootprintLinesTest {
    @Test
    void everyFixtureComesBackAsItWas() {
        int footprints = 0;
        for (var sql : FootprintFixtureStatements.all()) {
            if (!(new SqlAnalyzer()
                            .analyze(new SqlText(sql), SavedCatalog.context("pg_catalog", "public"))
                    instanceof Analysis.Understood(var statements))) continue;
            var all = new ArrayList<Footprint>();
            var lines = new ArrayList<String>();
            for (var statement : statements) {
                all.add(decisive(statement.footprint()));
                lines.addAll(FootprintLines.write(statement.footprint()));
            }
            assertThat(FootprintLines.read(lines)).as(sql).isEqualTo(all);
            footprints += all.size();
        }
        assertThat(footprints).isGreaterThan(300);
    }

    @Test
    void namesOfEveryKind() {
        var odd = "a\"b (c), via view x.y\n>z";
        var relation = new Resource.Relation(odd, "", Resource.RelationKind.MATERIALIZED_VIEW);
        var accesses =
                List.of(
                        new Access(
                                Action.SELECT,
                                relation,
                                List.of(
                                        new ColumnUse(odd, Set.of(Place.OUTPUT)),
                                        new ColumnUse("é", Set.of(Place.OUTPUT))),
                                Optional.of(relation)),
                        Access.of(
                                Action.COPY_OUT,
                                new Resource.Relation(
                                        "public", "SELECT", Resource.RelationKind.TABLE)),
                        Access.of(
                                Action.EXECUTE,
                                new Resource.Function(
                                        "S", odd, Resource.FunctionClass.AFFECTS_OTHER_SESSIONS)),
                        Access.of(Action.SESSION, new Resource.Setting("*")),
                        Access.of(Action.DDL, new Resource.Schema("Lab")),
                        Access.of(
                                Action.ADMIN,
                                new Resource.Other("server file", "", "/etc/passwd")));
        var inner =
                new Footprint(
                        StatementKind.COPY_OUT,
                        accesses,
                        List.of(),
                        Set.of(),
                        List.of(new SessionChange.Executes(odd)),
                        true,
                        Map.of(relation, new Kin(List.of(relation), List.of())));
        var footprint =
                new Footprint(
                        StatementKind.UPDATE,
                        accesses,
                        List.of(),
                        Set.of(Effect.DATA, Effect.NAME_RESOLUTION),
                        List.of(
                                new SessionChange.DeclaresCursor("c", inner),
                                new SessionChange.Prepares(odd, inner),
                                new SessionChange.DiscardsAll()),
                        false,
                        Map.of(
                                relation,
                                new Kin(List.of(), List.of(relation, relation)),
                                new Resource.Relation("a", odd, Resource.RelationKind.TABLE),
                                new Kin(List.of(relation), List.of(relation))));
        var lines = new ArrayList<>(FootprintLines.write(footprint));
        lines.addAll(FootprintLines.write(inner));
        assertThat(FootprintLines.read(lines)).isEqualTo(List.of(footprint, inner));
        assertThat(lines.getFirst())
                .isEqualTo("UPDATE without where, changing data name-resolution");
    }

    /// A log entry doesn't grow with a table's partitions without end; that it is cut is said.
    @Test
    void thousandsOfPartitionsAreCut() {
        var table = new Resource.Relation("a", "t", Resource.RelationKind.PARTITIONED_TABLE);
        var below = new ArrayList<Resource.Relation>();
        for (int i = 0; i < 5000; i++)
            below.add(new Resource.Relation("a", "t" + i, Resource.RelationKind.TABLE));
        var lines =
                FootprintLines.write(
                        new Footprint(
                                StatementKind.SELECT,
                                List.of(Access.of(Action.SELECT, table)),
                                List.of(),
                                Set.of(),
                                List.of(),
                                true,
                                Map.of(table, new Kin(List.of(), below))));
        assertThat(String.join("\n", lines)).hasSizeLessThan(3000).endsWith(" and 4900 more");
        assertThatThrownBy(() -> FootprintLines.read(lines))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatNobodyWroteIsNoFootprint() {
        for (var lines :
                List.of(
                        List.of("select table public.t"),
                        List.of("TELEPORT"),
                        List.of("SELECT", "fly table public.t"),
                        List.of("SELECT", "select planet public.t"),
                        List.of("SELECT", "select table public.t (a"),
                        List.of("SELECT", "select table public.t (a) by night"),
                        List.of("SELECT", "select table public.\"t"),
                        List.of("SELECT, changing everything"),
                        List.of("PREPARE", "prepares p"),
                        List.of("SELECT", ">SELECT"),
                        List.of("SELECT", ""),
                        List.of("SELECT", "below table public.t"),
                        List.of("SELECT", "below table public.t: table public.u and 900 more"),
                        List.of("SELECT", "select")))
            assertThatThrownBy(() -> FootprintLines.read(lines))
                    .as("%s", lines)
                    .isInstanceOf(IllegalArgumentException.class);
    }

    /// Without what the lines leave out.
    private static Footprint decisive(Footprint whole) {
        return new Footprint(
                whole.kind(),
                whole.accesses().stream().map(FootprintLinesTest::decisive).toList(),
                List.of(),
                whole.effects(),
                whole.sessionChanges().stream()
                        .map(change ->
                                switch (change) {
                                    case SessionChange.Prepares(var name, var inner) ->
                                            new SessionChange.Prepares(name, decisive(inner));
                                    case SessionChange.DeclaresCursor(var name, var query) ->
                                            new SessionChange.DeclaresCursor(name, decisive(query));
                                    default -> change;
                                })
                        .toList(),
                whole.hasWhere(),
                whole.kin());
    }

    private static Access decisive(Access access) {
        return new Access(
                access.action(),
                access.resource(),
                access.columns().stream()
                        .map(use -> new ColumnUse(use.column(), Set.of(Place.OUTPUT)))
                        .toList(),
                access.via());
    }
}
