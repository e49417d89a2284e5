package dev.sallyport.config;

import dev.sallyport.config.PolicyFile.ActionTerm;
import dev.sallyport.config.PolicyFile.Classified;
import dev.sallyport.config.PolicyFile.DenyRule;
import dev.sallyport.config.PolicyFile.ForceRule;
import dev.sallyport.config.PolicyFile.Grant;
import dev.sallyport.config.PolicyFile.Limit;
import dev.sallyport.config.PolicyFile.MaskTerm;
import dev.sallyport.config.PolicyFile.Masking;
import dev.sallyport.config.PolicyFile.Quota;
import dev.sallyport.config.PolicyFile.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// Decodes a policy file into what was written there; whether it makes sense is the policy engine's
/// question.
final class PolicyFileReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}");
    private static final String NAME_FORM = "up to 63 letters, digits, '_', '-' and '.'";
    private static final Pattern DATA_CLASS =
            Pattern.compile("[a-z][a-z0-9_-]{0,30}(\\.[a-z][a-z0-9_-]{0,30})?");
    private static final String DATA_CLASS_FORM =
            "a class of data in lower case, as subject or phi.name";

    private final Problems problems;

    PolicyFileReader(Problems problems) {
        this.problems = problems;
    }

    PolicyFile read(Path file, YamlNode root) {
        return Fields.read(
                root,
                "a policy file",
                problems,
                f -> {
                    f.notYet("approvals");
                    return new PolicyFile(
                            file,
                            f.require("database").located(Value::text),
                            f.optional("classify").map(this::classify).orElse(List.of()),
                            f.optional("roles").map(this::roles).orElse(List.of()),
                            f.optional("force").map(v -> v.list(this::forceRule)).orElse(List.of()),
                            f.optional("deny").map(v -> v.list(this::denyRule)).orElse(List.of()),
                            new PolicyFile.Oversight(
                                    f.optional("separation")
                                            .map(v -> v.list(this::separation))
                                            .orElse(List.of())));
                });
    }

    private PolicyFile.Separation separation(Value v) {
        return v.fields(
                "a separation rule",
                f ->
                        new PolicyFile.Separation(
                                id(f),
                                f.require("exclusive").list(i -> i.located(Value::text)),
                                f.optional("because").map(Value::text).orElse("")));
    }

    private List<Classified> classify(Value v) {
        return v.mapping("classes of data to their columns").stream()
                .map(e -> {
                    var dataClass =
                            new Value("classify", e.key(), problems)
                                    .located(k -> k.matching(DATA_CLASS, DATA_CLASS_FORM));
                    return new Classified(
                            dataClass,
                            new Value(dataClass.value(), e.value(), problems)
                                    .list(i -> i.located(Value::text)));
                })
                .toList();
    }

    private List<Role> roles(Value v) {
        return v.mapping("roles' names to their grants").stream().map(this::role).toList();
    }

    private Role role(YamlNode.Entry e) {
        var name = new Value("roles", e.key(), problems).located(v -> v.matching(NAME, NAME_FORM));
        return new Value(name.value(), e.value(), problems)
                .fields(
                        "role '" + name.value() + "'",
                        f -> {
                            f.notYet("breakGlass");
                            boolean duty = f.optional("duty").map(Value::yesOrNo).orElse(false);
                            var grants =
                                    duty ? f.optional("grants") : Optional.of(f.require("grants"));
                            if (duty && grants.isPresent())
                                problems.report(
                                        f.keyAt("grants"),
                                        "a duty has no grants: give these to a role of their own");
                            return new Role(
                                    name,
                                    f.optional("purpose").map(Value::text).orElse(""),
                                    duty,
                                    grants.map(g -> g.list(this::grant)).orElse(List.of()));
                        });
    }

    private Grant grant(Value v) {
        return v.fields(
                "a grant",
                f -> {
                    f.notYet("star");
                    return new Grant(
                            id(f),
                            actions(f.require("allow")),
                            f.require("on").list(i -> i.located(Value::text)),
                            f.optional("columns").map(this::columns),
                            f.optional("mask").map(this::masking),
                            f.optional("rows").map(Value::sourceText),
                            f.optional("when").map(Value::sourceText),
                            f.optional("limit").map(this::limit),
                            f.optional("definer").map(Value::yesOrNo).orElse(false));
                });
    }

    private ForceRule forceRule(Value v) {
        return v.fields(
                "a force rule",
                f ->
                        new ForceRule(
                                id(f),
                                texts(f.optional("on")),
                                f.optional("mask").map(this::masking),
                                f.optional("rows").map(Value::sourceText),
                                f.optional("when").map(Value::sourceText),
                                f.optional("limit").map(this::limit),
                                texts(f.optional("except"))));
    }

    private static List<Located<String>> texts(Optional<Value> list) {
        return list.map(v -> v.list(i -> i.located(Value::text))).orElse(List.of());
    }

    private DenyRule denyRule(Value v) {
        return v.fields(
                "a deny rule",
                f -> {
                    return new DenyRule(
                            id(f),
                            actions(f.require("actions")),
                            texts(f.optional("on")),
                            f.optional("columns").map(this::columns),
                            f.optional("when").map(Value::sourceText),
                            texts(f.optional("except")),
                            f.optional("because").map(Value::text).orElse(""));
                });
    }

    /// A mask's word for all, or a mapping of columns and classes of data to masks.
    private Masking masking(Value v) {
        return switch (v.node()) {
            case YamlNode.Mapping m -> {
                var terms = new ArrayList<MaskTerm>();
                for (var e : m.entries()) {
                    var what = new Value("mask", e.key(), problems).located(Value::text);
                    var mask = new Value(what.value(), e.value(), problems).located(this::mask);
                    terms.add(new MaskTerm(what, mask));
                }
                if (terms.isEmpty()) v.wrong("'mask' is empty");
                yield new Masking.Each(terms, m.at());
            }
            case YamlNode.Sequence s -> {
                v.wrong(
                        "'mask' must be one mask, as redact, or a mapping of columns and classes to"
                                + " masks, but this is a list");
                yield new Masking.Each(List.of(), s.at());
            }
            case YamlNode.Scalar _, YamlNode.Absent _ -> new Masking.All(v.located(this::mask));
        };
    }

    /// YAML's `null` is a mask's name here.
    private String mask(Value v) {
        return v.node() instanceof YamlNode.Scalar s && s.plain() && s.text().equals("null")
                ? s.text()
                : v.text();
    }

    private Limit limit(Value v) {
        if (v.node() instanceof YamlNode.Scalar number && !number.text().isEmpty()) {
            v.wrong("'limit' says of what, as { rows: 1000 }");
            return new Limit(
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    Optional.empty(),
                    Quota.NONE,
                    Quota.NONE,
                    List.of(),
                    v.at());
        }
        return v.fields(
                "'limit'",
                f -> {
                    var rows = rows(f);
                    var bytes = bytes(f);
                    var time =
                            f.optional("time")
                                    .map(n -> n.duration(Duration.ofMillis(1), Duration.ofDays(1)));
                    var perHour = f.optional("perHour").map(q -> quota("'perHour'", q));
                    var perDay = f.optional("perDay").map(q -> quota("'perDay'", q));
                    var classes = f.optional("classes");
                    if (v.node() instanceof YamlNode.Mapping
                            && rows.isEmpty()
                            && bytes.isEmpty()
                            && time.isEmpty()
                            && perHour.isEmpty()
                            && perDay.isEmpty())
                        v.wrong("'limit' needs 'rows', 'bytes', 'time', 'perHour' or 'perDay'");
                    return new Limit(
                            rows,
                            bytes,
                            time,
                            perHour.orElse(Quota.NONE),
                            perDay.orElse(Quota.NONE),
                            texts(classes),
                            v.at());
                });
    }

    private Quota quota(String key, Value v) {
        return v.fields(
                key,
                f -> {
                    var rows = rows(f);
                    var bytes = bytes(f);
                    if (v.node() instanceof YamlNode.Mapping && rows.isEmpty() && bytes.isEmpty())
                        v.wrong(key + " needs 'rows' or 'bytes'");
                    return new Quota(rows, bytes);
                });
    }

    private static OptionalLong rows(Fields f) {
        return f.optional("rows")
                .map(n -> OptionalLong.of(n.integer(1, Integer.MAX_VALUE)))
                .orElse(OptionalLong.empty());
    }

    private static OptionalLong bytes(Fields f) {
        return f.optional("bytes")
                .map(n -> OptionalLong.of(n.size(1, 1L << 50)))
                .orElse(OptionalLong.empty());
    }

    private Located<String> id(Fields f) {
        return f.require("id").located(v -> v.matching(NAME, NAME_FORM));
    }

    private List<Located<String>> columns(Value v) {
        return v.list(i -> i.located(Value::text));
    }

    /// `[select, update(status, paid_at)]`: YAML splits such a list at every comma, so the parts of
    /// a parenthesis are several items here and are put together again.
    private List<ActionTerm> actions(Value list) {
        var items = list.list(i -> i);
        var terms = new ArrayList<ActionTerm>();
        for (int i = 0; i < items.size(); i++) {
            var first = items.get(i);
            var text = first.text();
            int open = text.indexOf('(');
            if (open < 0) {
                terms.add(new ActionTerm(new Located<>(text, first.at()), Optional.empty()));
                continue;
            }
            var columns = new ArrayList<Located<String>>();
            int last = addColumns(columns, first, text.substring(open + 1), open + 1);
            while (last == OPEN && i + 1 < items.size()) {
                var next = items.get(++i);
                last = addColumns(columns, next, next.text(), 0);
            }
            if (last == OPEN) first.wrong("'" + YamlReader.shorten(text) + "' lacks its ')'");
            if (last == MALFORMED || open == 0)
                first.wrong("expected an action with columns, as update(status, paid_at)");
            terms.add(
                    new ActionTerm(
                            new Located<>(text.substring(0, open).strip(), first.at()),
                            Optional.of(columns)));
        }
        return terms;
    }

    private static final int OPEN = 0;
    private static final int CLOSED = 1;
    private static final int MALFORMED = 2;

    /// Adds the columns named in `text` up to its `)`.
    ///
    /// @param offset of `text` in the item
    private static int addColumns(
            List<Located<String>> columns, Value item, String text, int offset) {
        int close = text.indexOf(')');
        if (close >= 0 && !text.substring(close + 1).isBlank()) return MALFORMED;
        var inside = close >= 0 ? text.substring(0, close) : text;
        int start = 0;
        for (var name : inside.split(",", -1)) {
            if (name.isBlank()) return MALFORMED;
            int blanks = name.length() - name.stripLeading().length();
            var at = item.at();
            var column = at.column() + offset + start + blanks;
            columns.add(new Located<>(name.strip(), new Position(at.file(), at.line(), column)));
            start += name.length() + 1;
        }
        return close >= 0 ? CLOSED : OPEN;
    }
}
