package dev.sallyport.policy;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelReference;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.sallyport.config.Words;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads `when`s: parses, checks types against {@link ConditionSchema}, and refuses what could
/// never be evaluated or never be anything but true or false. Equal texts are compiled once. For
/// one thread.
final class ConditionCompiler {
    private static final int MAX_LENGTH = 2_000;
    private static final int MAX_DEPTH = 40;
    private static final int MAX_STEPS = 1_000;
    private static final int MAX_REGEX_PROGRAM = 500;

    private static final CelOptions OPTIONS =
            CelOptions.current()
                    .maxExpressionCodePointSize(MAX_LENGTH)
                    .maxParseRecursionDepth(MAX_DEPTH)
                    .comprehensionMaxIterations(MAX_STEPS)
                    .maxRegexProgramSize(MAX_REGEX_PROGRAM)
                    .build();

    private static final Pattern DOTTED =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*");

    /// Functions of a literal that fail for some literals.
    private static final Set<String> FALLIBLE = Set.of("timestamp", "duration");

    private static final Set<String> TIME_ZONED =
            Set.of(
                    "getFullYear",
                    "getMonth",
                    "getDate",
                    "getDayOfMonth",
                    "getDayOfWeek",
                    "getDayOfYear",
                    "getHours",
                    "getMinutes",
                    "getSeconds",
                    "getMilliseconds");

    /// Loaded only when the first policy has a condition.
    private static final class Cel {
        static final CelCompiler COMPILER = compiler();
        static final CelRuntime RUNTIME =
                CelRuntimeFactory.standardCelRuntimeBuilder().setOptions(OPTIONS).build();

        private static CelCompiler compiler() {
            var builder =
                    CelCompilerFactory.standardCelCompilerBuilder()
                            .setOptions(OPTIONS)
                            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                            .setResultType(SimpleType.BOOL);
            ConditionSchema.VARIABLES.forEach((name, v) -> builder.addVar(name, v.type()));
            return builder.build();
        }
    }

    sealed interface Result {}

    record Compiled(Condition condition) implements Result {}

    record Rejected(List<Problem> problems) implements Result {}

    /// @param line from 1
    /// @param column from 0, in code points
    record Problem(int line, int column, String message) {}

    private final Map<String, Result> known = new HashMap<>();

    Result compile(String text) {
        return known.computeIfAbsent(text, this::compileAnew);
    }

    private Result compileAnew(String text) {
        if (text.codePointCount(0, text.length()) > MAX_LENGTH)
            return rejected("the condition is longer than " + MAX_LENGTH + " characters");
        CelValidationResult checked;
        try {
            checked = Cel.COMPILER.compile(text);
            if (checked.hasError())
                return new Rejected(
                        checked.getErrors().stream()
                                .filter(e -> isOwn(e.getMessage()) || isAlone(checked))
                                .map(e ->
                                        new Problem(
                                                Math.max(1, e.getSourceLocation().getLine()),
                                                Math.max(0, e.getSourceLocation().getColumn()),
                                                readable(
                                                        e.getMessage(),
                                                        text,
                                                        e.getSourceLocation().getLine(),
                                                        e.getSourceLocation().getColumn())))
                                .toList());
            var ast = checked.getAst();
            var flaw = flaw(ast);
            if (!flaw.isEmpty()) return rejected(flaw);
            return new Compiled(
                    new Condition(text, variables(ast), Cel.RUNTIME.createProgram(ast)));
        } catch (CelValidationException | CelEvaluationException | RuntimeException e) {
            return rejected("the condition can't be compiled: " + e.getMessage());
        }
    }

    private static Rejected rejected(String message) {
        return new Rejected(List.of(new Problem(1, 0, message)));
    }

    private static Set<String> variables(CelAbstractSyntaxTree ast) {
        return ast.getReferenceMap().values().stream()
                .map(CelReference::name)
                .filter(ConditionSchema.VARIABLES::containsKey)
                .collect(Collectors.toSet());
    }

    /// Why the condition, though its types are right, can't be meant; empty when nothing is.
    private static String flaw(CelAbstractSyntaxTree ast) {
        if (variables(ast).isEmpty())
            return "the condition depends on nothing: it is always true or always false; it may"
                    + " read "
                    + String.join(", ", ConditionSchema.VARIABLES.keySet());
        return CelNavigableAst.fromAst(ast)
                .getRoot()
                .allNodes()
                .map(node -> flaw(node.expr()))
                .filter(flaw -> !flaw.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static String flaw(CelExpr expr) {
        if (expr.exprKind().getKind() != CelExpr.ExprKind.Kind.CALL) return "";
        var call = expr.call();
        var text = firstText(call);
        if (text == null) return "";
        if (TIME_ZONED.contains(call.function())) {
            try {
                var _ = ZoneId.of(text);
            } catch (DateTimeException _) {
                return "there is no time zone '" + text + "': write one as America/New_York";
            }
        }
        if (FALLIBLE.contains(call.function()) && fails(call.function(), text))
            return "'" + text + "' is no " + call.function();
        if (call.function().equals("matches") && fails("'a'.matches", text))
            return "'" + text + "' is no regular expression (RE2)";
        return "";
    }

    private static @Nullable String firstText(CelExpr.CelCall call) {
        if (call.args().isEmpty()) return null;
        var first = call.args().getLast();
        return first.exprKind().getKind() == CelExpr.ExprKind.Kind.CONSTANT
                        && first.constant().getKind() == CelConstant.Kind.STRING_VALUE
                ? first.constant().stringValue()
                : null;
    }

    private static boolean fails(String function, String argument) {
        try {
            var literal = argument.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n");
            var ast =
                    Cel.COMPILER
                            .compile("dyn(" + function + "('" + literal + "')) != dyn(null)")
                            .getAst();
            return !(Cel.RUNTIME.createProgram(ast).eval() instanceof Boolean);
        } catch (CelValidationException | CelEvaluationException | RuntimeException _) {
            return true;
        }
    }

    /// CEL's messages, without its terms for what authors needn't know.
    private static String readable(String message, String text, int line, int column) {
        if (message.startsWith("undeclared reference to '") && !message.contains("'_")) {
            var lines = text.split("\n", -1);
            var at = line >= 1 && line <= lines.length ? lines[line - 1] : "";
            int from =
                    at.offsetByCodePoints(
                            0, Math.clamp(column, 0, at.codePointCount(0, at.length())));
            var m = DOTTED.matcher(at);
            var name = m.find(from) && m.start() == from ? m.group() : "";
            if (!name.isEmpty() && !isCall(at, m.end()))
                return "there is no '"
                        + name
                        + "' that a condition could read"
                        + Words.nearest(name, ConditionSchema.VARIABLES.keySet())
                                .map(n -> "; did you mean '" + n + "'?")
                                .orElse(
                                        "; there are: "
                                                + String.join(
                                                        ", ", ConditionSchema.VARIABLES.keySet()));
        }
        var written = OTHER_SPELLING.matcher(message);
        if (written.find()) return "condition: " + SPELLED.get(written.group(1));
        var overload = OVERLOAD.matcher(message);
        if (overload.find())
            return "condition: '"
                    + (overload.group(1).equals("@in") ? "in" : overload.group(2))
                    + "' doesn't go with "
                    + typeNames(overload.group(3));
        return "condition: "
                + message.replaceFirst(" \\(candidates: .*", "")
                        .replaceFirst(" expecting \\{.*", "")
                        .replaceFirst("mismatched input '<EOF>'.*", "it ends too early")
                        .replace(" (in container '')", "")
                        .replace("google.protobuf.Timestamp", "timestamp")
                        .replace("google.protobuf.Duration", "duration");
    }

    /// What SQL and other languages write.
    private static final Pattern OTHER_SPELLING =
            Pattern.compile(
                    "^(?:token recognition error at: '|(?:mismatched|extraneous) input ')"
                            + "(= |and|AND|or|OR|not|NOT|>(?='))");

    private static final Map<String, String> SPELLED =
            Map.of(
                    "= ", "'equal' is written ==",
                    "and", "'and' is written &&",
                    "AND", "'and' is written &&",
                    "or", "'or' is written ||",
                    "OR", "'or' is written ||",
                    "not", "'not' is written !",
                    "NOT", "'not' is written !",
                    ">", "'not equal' is written !=");

    private static final Pattern OVERLOAD =
            Pattern.compile(
                    "^found no matching overload for '(@in|_?(\\W+)_)' applied to '\\((.*?)\\)'");

    private static String typeNames(String types) {
        var words =
                types.replace("google.protobuf.Timestamp", "timestamp")
                        .replace("google.protobuf.Duration", "duration")
                        .replace(", ", " and ");
        if (words.contains("timestamp"))
            return words + ": a time is written timestamp('2026-11-23T00:00:00Z')";
        if (words.contains("string") && words.contains("int"))
            return words + ": text is written '3', and becomes a number by int(...)";
        return words;
    }

    /// Whether an error is not another one's consequence.
    private static boolean isOwn(String message) {
        return !message.contains("*error*")
                && !(message.startsWith("extraneous input")
                        && !OTHER_SPELLING.matcher(message).find());
    }

    private static boolean isAlone(CelValidationResult checked) {
        return checked.getErrors().stream().noneMatch(e -> isOwn(e.getMessage()));
    }

    private static boolean isCall(String text, int end) {
        return end < text.length() && text.charAt(end) == '(';
    }
}
