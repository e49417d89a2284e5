package dev.sallyport.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// Where a file refers to something outside of it: paths, which are relative to it, secrets, URLs.
record Places(Path file, Problems problems) {
    private static final Pattern URL =
            Pattern.compile(
                    "https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]{0,500})?");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,254}");
    private static final Pattern LOOPBACK =
            Pattern.compile(
                    "127(\\.[0-9]{1,3}){3}|localhost|::1|0:0:0:0:0:0:0:1",
                    Pattern.CASE_INSENSITIVE);

    /// @param example for messages
    URI url(Value v, String example) {
        var text = v.matching(URL, "a URL, as " + example);
        var uri = URI.create(isUrl(text) ? text : "");
        var host = uri.getHost() == null ? "" : uri.getHost();
        if ("http".equals(uri.getScheme()) && !isLoopback(host))
            v.wrong(
                    "'"
                            + v.key()
                            + "' must be https: only loopback addresses may do without, and '"
                            + host
                            + "' is none");
        return uri;
    }

    /// Of the form, and https unless on loopback.
    static boolean isSafeUrl(String text) {
        if (!isUrl(text)) return false;
        var uri = URI.create(text);
        return "https".equals(uri.getScheme()) || isLoopback(String.valueOf(uri.getHost()));
    }

    private static boolean isUrl(String text) {
        return URL.matcher(text).matches();
    }

    /// `{ file: ... }` or `{ env: ... }`.
    Secret secret(Value v) {
        var standIn = new Secret.InEnvironment("");
        if (v.node() instanceof YamlNode.Scalar s && !s.isNull()) {
            v.wrong(
                    "a password is never written here: put it into a file or an environment"
                            + " variable and write "
                            + v.key()
                            + ": { file: secrets/NAME } or { env: NAME }; and change this one,"
                            + " somebody may have read it");
            return standIn;
        }
        return v.fields(
                "'" + v.key() + "'",
                f -> {
                    var inFile = f.optional("file");
                    var inEnvironment = f.optional("env");
                    if (v.node() instanceof YamlNode.Mapping
                            && inFile.isPresent() == inEnvironment.isPresent()) {
                        v.wrong("'" + v.key() + "' needs either 'file' or 'env'");
                        return standIn;
                    }
                    int before = problems.count();
                    var secret =
                            inFile.<Secret>map(p -> new Secret.InFile(absolute(path(p))))
                                    .or(() ->
                                            inEnvironment.map(e ->
                                                    new Secret.InEnvironment(
                                                            e.matching(
                                                                    VARIABLE,
                                                                    "a variable's name"))))
                                    .orElse(standIn);
                    if (problems.count() == before && v.node() instanceof YamlNode.Mapping)
                        checkReadable(secret, f.keyAt(inFile.isPresent() ? "file" : "env"));
                    return secret;
                });
    }

    private void checkReadable(Secret secret, Position at) {
        try {
            secret.read();
        } catch (IOException e) {
            problems.report(
                    at,
                    "the password can't be read: "
                            + (e instanceof NoSuchFileException
                                    ? "there is no file " + e.getMessage()
                                    : e.getMessage()));
        }
    }

    /// A file that must be there and readable; absolute.
    Path existing(Value v) {
        int before = problems.count();
        var path = path(v);
        if (problems.count() == before && !path.toString().isEmpty()) {
            if (!Files.isRegularFile(path)) v.wrong("there is no file " + path);
            else if (!Files.isReadable(path))
                v.wrong("the file " + path + " can't be read by this user");
        }
        return absolute(path);
    }

    /// Relative to this file.
    Path path(Value v) {
        var text = v.text();
        try {
            return text.isEmpty() ? Path.of("") : file.resolveSibling(text).normalize();
        } catch (InvalidPathException e) {
            v.wrong("'" + v.key() + "' is not a path: " + e.getReason());
            return Path.of("");
        }
    }

    static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    /// Judged by the text alone: what a name server says today says nothing about tomorrow.
    static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host).matches();
    }
}
