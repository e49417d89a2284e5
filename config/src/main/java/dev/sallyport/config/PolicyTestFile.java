package dev.sallyport.config;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A file of tests beside a policy: who, which statement, what the policy should say.
///
/// @param database the policies' name for it
/// @param catalog a saved catalog, beside the file
/// @param searchPath of the sessions; `public` unless given
public record PolicyTestFile(
        Path file,
        Located<String> database,
        Located<String> catalog,
        List<String> searchPath,
        List<Case> tests) {
    public PolicyTestFile {
        searchPath = List.copyOf(searchPath);
        tests = List.copyOf(tests);
    }

    /// @param name in a sentence
    /// @param user of the users' file; empty when `roles` say who
    /// @param purpose what the session is for, with its ticket; empty: nothing was said
    /// @param at the decision's time; empty: now
    /// @param rules those that have to count, and no others; empty: not checked
    /// @param masked the columns that have to be masked, as `public.patients.ssn`, and no others;
    ///   empty: not checked
    /// @param restricted the relations whose rows have to be restricted, and no others; empty: not
    ///   checked
    /// @param limited the rules whose limits have to hold the result, and no others; empty: not
    ///   checked
    public record Case(
            Located<String> name,
            Optional<Located<String>> user,
            Set<String> roles,
            Map<String, String> attributes,
            String run,
            String purpose,
            String ticket,
            Optional<Instant> at,
            boolean permit,
            Optional<Set<String>> rules,
            Optional<Set<String>> masked,
            Optional<Set<String>> restricted,
            Optional<Set<String>> limited) {
        public Case {
            roles = Set.copyOf(roles);
            attributes = Map.copyOf(attributes);
        }
    }
}
