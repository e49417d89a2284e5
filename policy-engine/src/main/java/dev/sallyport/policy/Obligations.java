package dev.sallyport.policy;

import dev.sallyport.sql.access.Resource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What has to be done for a permitted statement to be what the policy permits. Whoever can't do
/// all of it refuses the statement.
///
/// @param relations by schema and name, each once
/// @param notices for the person, as `public.patients: ssn is masked (rule dev-read)`; free of
///   values
public record Obligations(List<Governed> relations, Limits limits, List<String> notices) {
    public static final Obligations NONE = new Obligations(List.of(), Limits.NONE, List.of());

    public Obligations {
        relations =
                relations.stream()
                        .sorted(
                                Comparator.comparing(Governed::schema)
                                        .thenComparing(Governed::name))
                        .toList();
        notices = List.copyOf(notices);
        for (int i = 1; i < relations.size(); i++)
            if (relations.get(i).relation().equals(relations.get(i - 1).relation()))
                throw new IllegalArgumentException("governed twice: " + relations.get(i));
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
