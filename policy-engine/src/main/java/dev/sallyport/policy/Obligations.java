package dev.sallyport.policy;

import dev.sallyport.sql.access.Resource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What has to be done for a permitted statement to be what the policy permits. Whoever can't do
/// all of it refuses the statement.
///
/// @param relations by schema and name, each once
/// @param limits all of which hold, in file order, each rule's once
/// @param notices for the person, as `public.patients: ssn is masked (rule dev-read)`; free of
///   values
public record Obligations(List<Governed> relations, List<Limited> limits, List<String> notices) {
    public static final Obligations NONE = new Obligations(List.of(), List.of(), List.of());

    public Obligations {
        relations =
                relations.stream()
                        .sorted(
                                Comparator.comparing(Governed::schema)
                                        .thenComparing(Governed::name))
                        .toList();
        limits = List.copyOf(limits);
        notices = List.copyOf(notices);
        for (int i = 1; i < relations.size(); i++)
            if (relations.get(i).relation().equals(relations.get(i - 1).relation()))
                throw new IllegalArgumentException("governed twice: " + relations.get(i));
    }

    /// All of it for the log, one line each; equal obligations give equal lines.
    /// `public.patients.ssn: redact`, `public.patients: rows of own-patients (provider_id =
    /// subject.attributes.id)`, `limit: 1000 rows (rule dev-read)`.
    public List<String> lines() {
        var lines = new ArrayList<String>();
        for (var governed : relations) lines.addAll(governed.lines());
        for (var l : limits)
            lines.add("limit: " + l.limits().words() + " (rule " + l.ruleId() + ")");
        return List.copyOf(lines);
    }

    public boolean isNone() {
        return equals(NONE);
    }

    /// Whether the statement's text has to change.
    public boolean substitutes() {
        return !relations.isEmpty();
    }

    public Optional<Governed> governing(Resource.Relation relation) {
        return relations.stream().filter(g -> g.relation().equals(relation)).findFirst();
    }
}
