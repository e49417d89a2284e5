package dev.sallyport.conformance.regress;

import dev.sallyport.conformance.regress.RegressScript.Step;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Runs one script in both sessions, statement by statement, through the gateway first: what it
/// refuses is not run on the other side either (whose transaction is made to fail instead, if there
/// is one), so that both stay comparable.
final class RegressRun {
    /// @param sql as sent through the gateway
    /// @param serverTakesIt false: the server refuses it as well
    record Refused(String sql, String refusal, boolean serverTakesIt) {}

    /// @param expected what the server alone answered
    /// @param got what came through the gateway
    record Difference(String sql, List<String> expected, List<String> got) {}

    final List<Refused> refused = new ArrayList<>();
    final List<Difference> differences = new ArrayList<>();
    int statements;

    /// Why the rest of the script was left out; null: it ran to its end.
    @Nullable String stoppedBecause;

    private static final String SOURCES = "/regress";
    private static final Pattern SERVER_COPY =
            Pattern.compile("(?is)(copy\\s.*?\\sfrom\\s+)'" + SOURCES + "/data/(\\w+\\.data)'(.*)");
    private static final Pattern CLIENT_COPY =
            Pattern.compile("(?is)(.*?\\s(?:from|to)\\s+)(\\S+)(.*)");

    /// Commands whose statements are psql's own, or that change only how psql prints.
    private static final Set<String> WITHOUT_EFFECT =
            Set.of(
                    "pset",
                    "x",
                    "t",
                    "a",
                    "f",
                    "H",
                    "T",
                    "C",
                    "echo",
                    "qecho",
                    "warn",
                    "timing",
                    "errverbose",
                    "p",
                    "print",
                    "w",
                    "o",
                    "out",
                    "s",
                    "conninfo",
                    "z",
                    "l",
                    "lo_list",
                    "sf",
                    "sv",
                    "ef",
                    "ev",
                    "h",
                    "help",
                    "?",
                    "copyright",
                    "!",
                    "setenv",
                    "cd",
                    ".",
                    "encoding",
                    "prompt",
                    "password");

    /// A null in the data behind a COPY that the server didn't take, as one with options of 18 on
    /// 15 to 17: psql reads that as statements, says that this is no command, and goes on.
    private static final String NO_COMMAND = "N";

    private final RegressScript script;
    private final Map<String, String> data;
    private final RegressSide gateway;
    private final RegressSide direct;

    /// One entry per open \if: whether a branch was taken, and whether the present one runs.
    private final Deque<boolean[]> conditions = new ArrayDeque<>();

    RegressRun(String script, Map<String, String> data, RegressSide gateway, RegressSide direct) {
        this.script = new RegressScript(script);
        this.data = data;
        this.gateway = gateway;
        this.direct = direct;
        for (var side : List.of(gateway, direct))
            side.variables.putAll(
                    Map.of(
                            "DBNAME",
                            "regression",
                            "USER",
                            "postgres",
                            "HOST",
                            "127.0.0.1",
                            "VERBOSITY",
                            "default",
                            "ENCODING",
                            "UTF8"));
    }

    void run() throws IOException {
        for (var step = script.next(); step != null && stoppedBecause == null; step = script.next())
            switch (step) {
                case Step.Command command -> command(command);
                case Step.Send send -> {
                    if (runs()) send(send);
                }
            }
    }

    private boolean runs() {
        return conditions.stream().allMatch(c -> c[1]);
    }

    private void command(Step.Command command) throws IOException {
        var name = command.name();
        switch (name) {
            case "if" -> {
                boolean yes = runs() && isTrue(command.arguments());
                conditions.push(new boolean[] {yes, yes});
            }
            case "elif" -> {
                var open = conditions.element();
                open[1] = !open[0] && isTrue(command.arguments());
                open[0] |= open[1];
            }
            case "else" -> {
                var open = conditions.element();
                open[1] = !open[0];
                open[0] = true;
            }
            case "endif" -> conditions.pop();
            default -> {
                if (runs()) act(command);
            }
        }
    }

    private boolean isTrue(String arguments) {
        var word = String.join(" ", RegressScript.words(arguments, gateway.variables));
        return Set.of("t", "true", "on", "1", "yes").contains(word.toLowerCase());
    }

    private void act(Step.Command command) throws IOException {
        var name = command.name();
        switch (name) {
            case "set" -> {
                for (var side : List.of(gateway, direct)) {
                    var words = RegressScript.words(command.arguments(), side.variables);
                    if (!words.isEmpty())
                        side.variables.put(
                                words.getFirst(), String.join("", words.subList(1, words.size())));
                }
            }
            case "unset" -> {
                gateway.variables.remove(command.arguments());
                direct.variables.remove(command.arguments());
            }
            case "getenv" -> {
                var words = RegressScript.words(command.arguments(), gateway.variables);
                for (var side : List.of(gateway, direct))
                    side.variables.put(
                            words.getFirst(),
                            words.getFirst().equals("abs_srcdir") ? SOURCES : "/nonexistent");
            }
            case "copy" -> clientCopy(command.arguments());
            case "c", "connect" -> {
                var words = RegressScript.words(command.arguments(), gateway.variables);
                if (words.isEmpty() || words.equals(List.of("-"))) {
                    gateway.reconnect();
                    direct.reconnect();
                } else {
                    stoppedBecause = "\\c " + command.arguments();
                }
            }
            case "q", "quit" -> stoppedBecause = "\\q";
            case "close_prepared" -> {
                var word = command.arguments();
                compare("\\close_prepared", s -> s.closePrepared(word));
            }
            default -> {
                if (!WITHOUT_EFFECT.contains(name)
                        && !name.startsWith("d")
                        && !name.equals(NO_COMMAND)) stoppedBecause = "\\" + name;
            }
        }
    }

    private void send(Step.Send send) throws IOException {
        switch (send.sentBy()) {
            case "parse" ->
                    compare(
                            send.text().with(gateway.variables),
                            s -> s.parse(send.arguments(), send.text().with(s.variables)));
            case "gdesc" ->
                    compare(
                            send.text().with(gateway.variables),
                            s -> s.describe(send.text().with(s.variables)));
            case "bind" ->
                    compare(
                            send.text().with(gateway.variables),
                            s ->
                                    s.bind(
                                            "",
                                            send.text().with(s.variables),
                                            RegressScript.words(send.arguments(), s.variables)));
            case "bind_named" ->
                    compare(
                            "\\bind_named " + send.arguments(),
                            s -> {
                                var words = RegressScript.words(send.arguments(), s.variables);
                                if (words.isEmpty()) return s.bind("", null, List.of());
                                return s.bind(
                                        words.getFirst(), null, words.subList(1, words.size()));
                            });
            default -> query(send);
        }
    }

    private void query(Step.Send send) throws IOException {
        var sql = send.text().with(gateway.variables);
        var fromFile = SERVER_COPY.matcher(sql);
        var rows =
                new Supplier<List<String>>() {
                    private @Nullable List<String> lines;

                    @Override
                    public List<String> get() {
                        if (lines == null)
                            lines = fromFile.matches() ? fileOf(fromFile.group(2)) : script.data();
                        return lines;
                    }
                };
        var answers = new ArrayList<RegressSide.Answer>();
        compare(
                sql,
                s -> {
                    var text = send.text().with(s.variables);
                    var copy = SERVER_COPY.matcher(text);
                    if (copy.matches()) text = copy.group(1) + "stdin" + copy.group(3);
                    var answer = s.query(text, rows);
                    if (send.sentBy().equals("gset")) remember(s, send.arguments(), answer);
                    answers.add(answer);
                    return answer;
                });
        if (send.sentBy().equals("gexec"))
            for (var row : answers.getFirst().rows())
                for (var value : row)
                    if (value != null) compare(value, s -> s.query(value, List::of));
    }

    private static void remember(RegressSide side, String prefix, RegressSide.Answer answer) {
        if (answer.rows().size() != 1) return;
        for (int i = 0; i < answer.columns().size(); i++) {
            var value = answer.rows().getFirst().get(i);
            if (value != null) side.variables.put(prefix + answer.columns().get(i), value);
        }
    }

    private void clientCopy(String arguments) throws IOException {
        var copy = CLIENT_COPY.matcher(arguments);
        if (!copy.matches()) throw new IOException("not understood: \\copy " + arguments);
        var target = copy.group(2);
        boolean in = copy.group(1).strip().toLowerCase().endsWith("from");
        var words = RegressScript.words(target, gateway.variables);
        List<String> rows = List.of();
        if (in && target.equalsIgnoreCase("stdin")) rows = script.data();
        else if (in && words.getFirst().startsWith(SOURCES))
            rows = fileOf(words.getFirst().substring(words.getFirst().lastIndexOf('/') + 1));
        var data = rows;
        var sql = "COPY " + copy.group(1) + (in ? "STDIN" : "STDOUT") + copy.group(3);
        compare(sql, s -> s.query(sql, () -> data));
    }

    private List<String> fileOf(String name) {
        var content = data.get(name);
        if (content == null) throw new IllegalStateException("no data file " + name);
        return content.lines().toList();
    }

    private void compare(String sql, RegressSide.Exchange exchange) throws IOException {
        statements++;
        RegressSide.Answer got;
        try {
            got = exchange.with(gateway);
        } catch (IOException e) {
            throw new IOException("through the gateway: " + e + " at " + sql, e);
        }
        if (got.refusal() != null) {
            refused.add(new Refused(sql, got.refusal(), direct.takes(exchange)));
            if (gateway.status() != direct.status())
                differences.add(new Difference(sql, List.of("Z " + direct.status()), got.lines()));
            return;
        }
        RegressSide.Answer expected;
        try {
            expected = exchange.with(direct);
        } catch (IOException e) {
            throw new IOException("directly: " + e + " at " + sql, e);
        }
        if (!expected.lines().equals(got.lines()))
            differences.add(new Difference(sql, expected.lines(), got.lines()));
    }
}
