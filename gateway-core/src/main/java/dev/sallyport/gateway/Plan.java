package dev.sallyport.gateway;

import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.rewrite.Edit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// One statement as it would run now: its own facts, and those of everything that it runs by a name
/// that the session holds. All of them have to be permitted.
///
/// @param main what the client sent: its kind and text go into the log
/// @param held what it may run besides, or may stand for besides; usually nothing
/// @param sent of these the server has the text already, edited so: what is asked for now has to be
///   the same
/// @param tallies of the cursors that it fetches from
record Plan(StatementFacts main, List<StatementFacts> held, List<Sent> sent, List<Tally> tallies) {
    /// @param edits those of the text that went to the server
    /// @param harmless whether the parameters' types are, see {@link StatementFacts#fencedEdits}
    record Sent(StatementFacts facts, List<Edit> edits, boolean harmless) {}

    Plan {
        held = List.copyOf(held);
        sent = List.copyOf(sent);
        tallies = List.copyOf(tallies);
    }

    static Plan of(StatementFacts main) {
        return new Plan(main, List.of(), List.of(), List.of());
    }

    /// The main statement's text went to the server earlier.
    Plan sentBefore(List<Edit> edits, boolean harmless) {
        var all = new ArrayList<>(sent);
        all.add(new Sent(main, edits, harmless));
        return new Plan(main, held, all, tallies);
    }

    List<StatementFacts> all() {
        if (held.isEmpty()) return List.of(main);
        var all = new ArrayList<StatementFacts>(1 + held.size());
        all.add(main);
        all.addAll(held);
        return all;
    }

    boolean waits() {
        if (main.waits) return true;
        for (var facts : held) if (facts.waits) return true;
        return false;
    }

    /// For the person who sent it: with every name.
    Set<String> uses() {
        var all = new LinkedHashSet<String>();
        for (var facts : all()) all.addAll(StatementFacts.words(facts.footprint.accesses()));
        return all;
    }

    /// For the log.
    List<String> accesses() {
        if (held.isEmpty()) return main.accesses;
        var all = new LinkedHashSet<>(main.accesses);
        for (var facts : held) all.addAll(facts.accesses);
        return List.copyOf(all);
    }

    /// What the policy judges, statement by statement.
    List<String> lines() {
        if (held.isEmpty()) return main.lines;
        var all = new ArrayList<String>();
        for (var facts : new LinkedHashSet<>(all())) all.addAll(facts.lines);
        return List.copyOf(all);
    }

    Set<Effect> effects() {
        if (held.isEmpty()) return main.footprint.effects();
        var all = EnumSet.noneOf(Effect.class);
        for (var facts : all()) all.addAll(facts.footprint.effects());
        return all;
    }
}
