package dev.sallyport.conformance.regress;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A script for psql, taken apart as psql does (psql's manual page: "Meta-Commands", "SQL
/// Interpolation"): statements where psql sends them, backslash commands, and the data behind a
/// COPY.
///
/// Not thread-safe.
final class RegressScript {
    /// One thing psql does.
    sealed interface Step {
        /// A text that psql sends.
        ///
        /// @param sentBy `;` or the command that sent it: `g`, `gset`, `bind` ...
        /// @param arguments of that command
        record Send(Text text, String sentBy, String arguments) implements Step {}

        /// Any other backslash command.
        record Command(String name, String arguments) implements Step {}
    }

    /// SQL with the places where variables stand.
    record Text(List<Piece> pieces) {
        Text {
            pieces = List.copyOf(pieces);
        }

        String with(Map<String, String> variables) {
            var sql = new StringBuilder();
            for (var piece : pieces) sql.append(piece.with(variables));
            return sql.toString().strip();
        }
    }

    /// @param asWritten the SQL, or a variable as it stands in the script
    /// @param variable its name; null for SQL
    /// @param quote `'`, `"`, or nothing
    record Piece(String asWritten, @Nullable String variable, String quote) {
        String with(Map<String, String> variables) {
            if (variable == null) return asWritten;
            if (quote.equals("?")) return variables.containsKey(variable) ? "TRUE" : "FALSE";
            var value = variables.get(variable);
            if (value == null) return asWritten;
            return quote.isEmpty() ? value : quote + value.replace(quote, quote + quote) + quote;
        }
    }

    private static final Pattern VARIABLE =
            Pattern.compile(":(?:\\{\\?(\\w+)}|(['\"])(\\w+)\\2|(\\w+))");
    private static final Pattern DOLLAR = Pattern.compile("\\$(?:[\\p{L}_][\\p{L}\\p{N}_]*)?\\$");
    private static final Pattern CONFORMING =
            Pattern.compile(
                    "(?is)(?:--[^\n"
                            + "]*\n"
                            + "|\\s)*set\\s+standard_conforming_strings\\s*(?:to|=)\\s*(on|off)");
    private static final Pattern ROUTINE =
            Pattern.compile("(?is)\\s*create\\s+(or\\s+replace\\s+)?(function|procedure)\\b.*");

    private final String script;
    private int at;
    private final List<Piece> buffer = new ArrayList<>();
    private final StringBuilder sql = new StringBuilder();
    private int parentheses;
    private int blocks;
    private Text last = new Text(List.of());

    /// What the script says of standard_conforming_strings, which psql follows.
    private boolean backslashesEscape;

    RegressScript(String script) {
        this.script = script;
    }

    /// Null at the end.
    @Nullable Step next() {
        while (at < script.length()) {
            char c = script.charAt(at);
            if (c == '\\') {
                var step = command();
                if (step != null) return step;
            } else if (c == ';' && parentheses == 0 && blocks == 0) {
                at++;
                var text = taken();
                if (!text.pieces.isEmpty()) return new Step.Send(text, ";", "");
            } else {
                token(c);
            }
        }
        return null;
    }

    /// The lines up to `\.`, which are a COPY's data. Called right behind that statement.
    List<String> data() {
        var lines = new ArrayList<String>();
        at = lineEnd(at) + 1;
        while (at < script.length()) {
            int end = lineEnd(at);
            var line = script.substring(at, end);
            at = Math.min(end + 1, script.length());
            if (line.equals("\\.")) break;
            lines.add(line);
        }
        return lines;
    }

    private int lineEnd(int from) {
        int end = script.indexOf('\n', from);
        return end < 0 ? script.length() : end;
    }

    private void token(char c) {
        if (script.startsWith("--", at)) {
            copy(lineEnd(at));
        } else if (script.startsWith("/*", at)) {
            copy(commentEnd());
        } else if (c == '\'') {
            boolean escapes =
                    backslashesEscape && !(at > 0 && script.charAt(at - 1) == '&')
                            || at > 0
                                    && (script.charAt(at - 1) == 'e'
                                            || script.charAt(at - 1) == 'E')
                                    && !(at > 1 && isWord(script.charAt(at - 2)));
            copy(quotedEnd('\'', escapes));
        } else if (c == '"') {
            copy(quotedEnd('"', false));
        } else if (c == '$' && !(at > 0 && isWord(script.charAt(at - 1)))) {
            Matcher dollar = DOLLAR.matcher(script).region(at, script.length());
            if (dollar.lookingAt()) {
                int end = script.indexOf(dollar.group(), dollar.end());
                copy(end < 0 ? script.length() : end + dollar.group().length());
            } else {
                copy(at + 1);
            }
        } else if (script.startsWith("::", at)) {
            copy(at + 2);
        } else if (c == ':') {
            Matcher variable = VARIABLE.matcher(script).region(at, script.length());
            if (variable.lookingAt()) {
                flush();
                buffer.add(piece(variable));
                at = variable.end();
            } else {
                copy(at + 1);
            }
        } else if (isWord(c)) {
            int end = at;
            while (end < script.length() && isWord(script.charAt(end))) end++;
            block(script.substring(at, end).toLowerCase(Locale.ROOT));
            copy(end);
        } else {
            if (c == '(') parentheses++;
            if (c == ')' && parentheses > 0) parentheses--;
            copy(at + 1);
        }
    }

    /// `BEGIN ATOMIC ... END` of a routine, with the CASEs in it.
    private void block(String word) {
        if (parentheses > 0) return;
        switch (word) {
            case "begin" -> {
                if (blocks > 0 || ROUTINE.matcher(written()).matches()) blocks++;
            }
            case "case" -> {
                if (blocks > 0) blocks++;
            }
            case "end" -> {
                if (blocks > 0) blocks--;
            }
            default -> {}
        }
    }

    private String written() {
        var all = new StringBuilder();
        for (var piece : buffer) all.append(piece.asWritten);
        return all.append(sql).toString().replaceAll("(?m)^\\s*--.*$", "");
    }

    private static Piece piece(Matcher variable) {
        var as = variable.group();
        if (variable.group(1) != null) return new Piece(as, variable.group(1), "?");
        if (variable.group(3) != null) return new Piece(as, variable.group(3), variable.group(2));
        return new Piece(as, variable.group(4), "");
    }

    private int commentEnd() {
        int depth = 0;
        int i = at;
        while (i < script.length()) {
            if (script.startsWith("/*", i)) {
                depth++;
                i += 2;
            } else if (script.startsWith("*/", i)) {
                i += 2;
                if (--depth == 0) return i;
            } else {
                i++;
            }
        }
        return i;
    }

    private int quotedEnd(char quote, boolean escapes) {
        int i = at + 1;
        while (i < script.length()) {
            char c = script.charAt(i);
            if (escapes && c == '\\') i++;
            else if (c == quote) return i + 1;
            i++;
        }
        return script.length();
    }

    private static boolean isWord(char c) {
        return c == '_' || Character.isLetterOrDigit(c);
    }

    private void copy(int end) {
        sql.append(script, at, end);
        at = end;
    }

    private void flush() {
        if (sql.isEmpty()) return;
        buffer.add(new Piece(sql.toString(), null, ""));
        sql.setLength(0);
    }

    private Text taken() {
        flush();
        parentheses = 0;
        blocks = 0;
        var bare = new ArrayList<>(buffer);
        buffer.clear();
        var text = new Text(bare);
        if (text.with(Map.of()).isEmpty()) return new Text(List.of());
        last = text;
        var setting = CONFORMING.matcher(text.with(Map.of()));
        if (setting.matches())
            backslashesEscape = setting.group(1).toLowerCase(Locale.ROOT).equals("off");
        return text;
    }

    private @Nullable Step command() {
        if (script.startsWith("\\;", at)) {
            at++;
            copy(at + 1);
            return null;
        }
        int name = at + 1;
        int end = name;
        while (end < script.length()
                && !Character.isWhitespace(script.charAt(end))
                && script.charAt(end) != '\\'
                && script.charAt(end) != '(') end++;
        var command = script.substring(name, end);
        at = end;
        int argumentsEnd = argumentsEnd();
        var arguments = script.substring(at, argumentsEnd).strip();
        at = argumentsEnd;
        if (script.startsWith("\\\\", at)) at += 2;
        return switch (command) {
            case "g", "gx", "gset", "gexec", "gdesc", "crosstabview", "watch", "parse" -> {
                var text = taken();
                yield new Step.Send(text.pieces.isEmpty() ? last : text, command, arguments);
            }
            case "bind" -> {
                // `\bind a b \g`: the parameters belong to what is sent next.
                var text = taken();
                skipCommand();
                yield new Step.Send(text.pieces.isEmpty() ? last : text, command, arguments);
            }
            case "bind_named" -> {
                skipCommand();
                yield new Step.Send(new Text(List.of()), command, arguments);
            }
            case "r", "reset" -> {
                taken();
                yield null;
            }
            default -> new Step.Command(command, arguments);
        };
    }

    /// The `\g` or `;` that ends `\bind ...`.
    private void skipCommand() {
        if (script.startsWith("\\g", at)) at = lineEnd(at);
        else if (at < script.length() && script.charAt(at) == ';') at++;
    }

    /// Arguments end with the line, or where the next command begins, or, for `\bind`, at `;`.
    private int argumentsEnd() {
        int end = lineEnd(at);
        char quote = 0;
        for (int i = at; i < end; i++) {
            char c = script.charAt(i);
            if (quote != 0) {
                if (c == quote) quote = 0;
            } else if (c == '\'' || c == '"' || c == '`') {
                quote = c;
            } else if (c == '\\') {
                return i;
            }
        }
        return end;
    }

    /// A command's words: blanks separate them, quotes hold them together.
    static List<String> words(String arguments, Map<String, String> variables) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        boolean any = false;
        for (int i = 0; i < arguments.length(); i++) {
            char c = arguments.charAt(i);
            Matcher variable = VARIABLE.matcher(arguments).region(i, arguments.length());
            if (c == '\'') {
                any = true;
                for (i++; i < arguments.length(); i++) {
                    char inside = arguments.charAt(i);
                    if (inside == '\'') {
                        if (i + 1 < arguments.length() && arguments.charAt(i + 1) == '\'') i++;
                        else break;
                    }
                    word.append(inside);
                }
            } else if (Character.isWhitespace(c)) {
                if (any) words.add(word.toString());
                word.setLength(0);
                any = false;
            } else if (c == ':' && variable.lookingAt()) {
                word.append(piece(variable).with(variables));
                i = variable.end() - 1;
                any = true;
            } else {
                word.append(c);
                any = true;
            }
        }
        if (any) words.add(word.toString());
        return words;
    }
}
