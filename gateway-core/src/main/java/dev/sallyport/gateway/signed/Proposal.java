package dev.sallyport.gateway.signed;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.UsersFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What is signed: everything whose change would give somebody more, or tell fewer people of it.
///
/// @param at when it was proposed, to the millisecond: of two the later is in force
/// @param version of the policies
/// @param users by name, each with the hash of all that is said of them
/// @param alerts hash of the file of alerts; `none` without one
public record Proposal(Instant at, String version, SortedMap<String, String> users, String alerts) {
    private static final String HEAD = "sallyport policy set v1";
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{Nd}_.@+-]{1,63}");
    private static final String NO_ALERTS = "none";

    public Proposal {
        at = at.truncatedTo(ChronoUnit.MILLIS);
        users = Collections.unmodifiableSortedMap(new TreeMap<>(users));
    }

    /// Of what the files say now.
    ///
    /// @param version of the policies in them
    public static Proposal of(Instant at, ConfigLoader.Loaded loaded, String version)
            throws IOException {
        return new Proposal(at, version, hashes(loaded.users()), alertsHash(loaded));
    }

    static String alertsHash(ConfigLoader.Loaded loaded) throws IOException {
        return loaded.alerts().isPresent()
                ? hash(Files.readAllBytes(loaded.alerts().get().file()))
                : NO_ALERTS;
    }

    static SortedMap<String, String> hashes(UsersFile users) {
        var hashes = new TreeMap<String, String>();
        for (var user : users.users()) hashes.put(user.name().value(), hash(user));
        return hashes;
    }

    /// Roles, attributes, and by what they log in: whoever may put another verifier there is that
    /// person. Not whether they are disabled: somebody signed as enabled may be disabled.
    private static String hash(UsersFile.User user) {
        var parts = new ArrayList<String>();
        parts.add(user.name().value());
        parts.add(line(user.roleNames().stream().sorted().toList()));
        var attributes = new ArrayList<String>();
        for (Map.Entry<String, String> a : new TreeMap<>(user.attributes()).entrySet()) {
            attributes.add(a.getKey());
            attributes.add(a.getValue());
        }
        parts.add(line(attributes));
        parts.add(user.verifier().text());
        parts.add(user.mysql().nativePassword().map(HexFormat.of()::formatHex).orElse(""));
        parts.add(user.mysql().ed25519().map(HexFormat.of()::formatHex).orElse(""));
        parts.add(user.disabled() ? "disabled" : "");
        return hash(line(parts).getBytes(StandardCharsets.UTF_8));
    }

    /// Each part with its length before it, so that no two lists give the same line.
    private static String line(List<String> parts) {
        var line = new StringBuilder();
        for (var part : parts) line.append(part.length()).append(':').append(part).append(' ');
        return line.toString();
    }

    static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// By what records call it.
    public String id() {
        return hash(text().getBytes(StandardCharsets.UTF_8));
    }

    /// One line each; the same content is the same text.
    String text() {
        var text = new StringBuilder(HEAD).append('\n');
        text.append("at ").append(at).append('\n');
        text.append("version ").append(version).append('\n');
        text.append("alerts ").append(alerts).append('\n');
        users.forEach((name, hash) ->
                text.append("user ").append(name).append(' ').append(hash).append('\n'));
        return text.toString();
    }

    static Proposal parse(List<String> lines) throws FormatException {
        if (lines.size() < 4 || !lines.getFirst().equals(HEAD))
            throw new FormatException("it doesn't begin with '" + HEAD + "'");
        var users = new TreeMap<String, String>();
        for (var line : lines.subList(4, lines.size())) {
            var parts = line.split(" ", -1);
            if (parts.length != 3
                    || !parts[0].equals("user")
                    || !NAME.matcher(parts[1]).matches()
                    || !HASH.matcher(parts[2]).matches()
                    || users.put(parts[1], parts[2]) != null)
                throw new FormatException("a line of its users is malformed");
        }
        var alerts = member("alerts ", lines.get(3));
        var version = member("version ", lines.get(2));
        if (!HASH.matcher(version).matches()
                || !alerts.equals(NO_ALERTS) && !HASH.matcher(alerts).matches())
            throw new FormatException("a hash in it is malformed");
        try {
            return new Proposal(Instant.parse(member("at ", lines.get(1))), version, users, alerts);
        } catch (DateTimeException _) {
            throw new FormatException("its time is malformed");
        }
    }

    private static String member(String name, String line) throws FormatException {
        if (!line.startsWith(name)) throw new FormatException("it lacks '" + name.strip() + "'");
        return line.substring(name.length());
    }
}
