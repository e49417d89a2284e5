package dev.sallyport.config;

import dev.sallyport.config.UsersFile.User;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Decodes `users.yaml`.
final class UsersFileReader {
    private static final Pattern ATTRIBUTE = Pattern.compile("[a-z][a-z0-9_]{0,62}");
    private static final int MAX_ATTRIBUTE_CHARS = 1_000;

    private final Problems problems;
    private final Map<String, Located<String>> byLowerCaseName = new HashMap<>();
    private final Map<String, String> nameByVerifier = new HashMap<>();

    UsersFileReader(Problems problems) {
        this.problems = problems;
    }

    UsersFile read(Path file, YamlNode root) {
        return Fields.read(
                root,
                "the users' file",
                problems,
                f -> new UsersFile(file, users(f.require("users"))));
    }

    private List<User> users(Value list) {
        var users = new ArrayList<User>();
        for (var item : list.items()) user(item).ifPresent(users::add);
        return users;
    }

    private Optional<User> user(Value v) {
        return v.fields(
                "a user",
                f -> {
                    var name =
                            f.require("name")
                                    .located(n ->
                                            n.matching(
                                                    UsersFile.NAME,
                                                    "up to 63 letters, digits, '_', '.', '@', '+'"
                                                            + " and '-'"));
                    refuseTwice(name);
                    var roles = roles(f.require("roles"));
                    var verifier = verifier(f.require("verifier"), name.value());
                    var mysql =
                            f.optional("mysql")
                                    .map(m -> m.fields("'mysql'", this::mysql))
                                    .orElse(MySqlVerifiers.NONE);
                    var attributes =
                            f.optional("attributes").map(this::attributes).orElse(Map.of());
                    var disabled = f.optional("disabled").map(Value::yesOrNo).orElse(false);
                    if (f.optional("password").isPresent())
                        problems.report(
                                f.keyAt("password"),
                                "passwords are never written here: write a SCRAM 'verifier'; and"
                                        + " change this password, somebody may have read it");
                    return verifier.map(s -> new User(name, roles, s, mysql, attributes, disabled));
                });
    }

    private void refuseTwice(Located<String> name) {
        if (name.value().isEmpty()) return;
        var before = byLowerCaseName.putIfAbsent(name.value().toLowerCase(Locale.ROOT), name);
        if (before != null)
            problems.report(
                    name.at(),
                    "there is a user '"
                            + before.value()
                            + "' already, in line "
                            + before.at().line());
    }

    private List<Located<String>> roles(Value list) {
        var seen = new HashSet<String>();
        var roles = new ArrayList<Located<String>>();
        for (var item : list.items()) {
            var role = item.located(Value::text);
            if (!role.value().isEmpty() && !seen.add(role.value()))
                item.wrong("role '" + role.value() + "' is listed twice");
            roles.add(role);
        }
        return roles;
    }

    private Optional<ScramVerifier> verifier(Value v, String user) {
        int before = problems.count();
        var text = v.text();
        if (problems.count() != before || text.isEmpty()) return Optional.empty();
        var verifier = ScramVerifier.parse(text);
        if (verifier.isEmpty()) {
            v.wrong(
                    "'verifier' must be SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>"
                            + " with at least "
                            + ScramVerifier.MIN_ITERATIONS
                            + " iterations, as PostgreSQL's pg_authid.rolpassword holds it");
            return verifier;
        }
        var other = nameByVerifier.putIfAbsent(text, user);
        if (other != null)
            v.wrong(
                    "'"
                            + other
                            + "' has the same verifier: each person needs a password of their own");
        return verifier;
    }

    private MySqlVerifiers mysql(Fields f) {
        var verifiers = MySqlVerifiers.NONE;
        var inNative = f.optional("native");
        if (inNative.isPresent()) {
            var hash = MySqlVerifiers.parseNativePassword(inNative.get().text());
            if (hash.isPresent()) verifiers = verifiers.withNativePassword(hash.get());
            else
                inNative.get()
                        .wrong(
                                "'native' must be * and 40 hex digits, as `sallyport user verifier"
                                        + " --mysql` prints it");
        }
        var inEd25519 = f.optional("ed25519");
        if (inEd25519.isPresent()) {
            var key = MySqlVerifiers.parseEd25519(inEd25519.get().text());
            if (key.isPresent()) verifiers = verifiers.withEd25519(key.get());
            else
                inEd25519
                        .get()
                        .wrong(
                                "'ed25519' must be 43 characters of base64, as `sallyport user"
                                        + " verifier --mysql` prints it");
        }
        return verifiers;
    }

    private Map<String, String> attributes(Value v) {
        var attributes = new LinkedHashMap<String, String>();
        switch (v.node()) {
            case YamlNode.Mapping m ->
                    m.entries()
                            .forEach(e -> {
                                var key = e.key();
                                if (!ATTRIBUTE.matcher(key.text()).matches())
                                    problems.report(
                                            key.at(),
                                            "an attribute's name is lower-case letters, digits and"
                                                    + " '_', but this is '"
                                                    + YamlReader.shorten(key.text())
                                                    + "'");
                                var value = new Value(key.text(), e.value(), problems);
                                var text = value.text();
                                if (text.length() > MAX_ATTRIBUTE_CHARS)
                                    value.wrong(
                                            "'"
                                                    + key.text()
                                                    + "' is longer than "
                                                    + MAX_ATTRIBUTE_CHARS
                                                    + " characters");
                                attributes.put(key.text(), text);
                            });
            case YamlNode.Absent _ -> {}
            case YamlNode.Scalar _, YamlNode.Sequence _ ->
                    v.wrong(
                            "'attributes' must be a mapping of names to text, but this is "
                                    + v.node().word());
        }
        return attributes;
    }
}
