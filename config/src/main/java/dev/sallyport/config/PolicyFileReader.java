package dev.sallyport.config;

import dev.sallyport.config.PolicyFile.ActionTerm;
import dev.sallyport.config.PolicyFile.DenyRule;
import dev.sallyport.config.PolicyFile.Grant;
import dev.sallyport.config.PolicyFile.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Decodes a policy file into what was written there; whether it makes sense is the policy engine's
/// question.
final class PolicyFileReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}");
    private static final String NAME_FORM = "up to 63 letters, digits, '_', '-' and '.'";

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
                    f.notYet("classify", "separation", "approvals");
                    return new PolicyFile(
                            file,
                            f.require("database").located(Value::text),
                            f.optional("roles").map(this::roles).orElse(List.of()),
                            f.optional("deny").map(v -> v.list(this::denyRule)).orElse(List.of()));
                });
    }

    private List<Role> roles(Value v) {
        switch (v.node()) {
            case YamlNode.Mapping m -> {
                return m.entries().stream().map(this::role).toList();
            }
            case YamlNode.Absent _ -> {
                return List.of();
            }
            case YamlNode.Scalar _, YamlNode.Sequence _ -> {
                v.wrong(
                        "'roles' must be a mapping of roles' names to their grants, but this is "
                                + v.node().word());
                return List.of();
            }
        }
    }

    private Role role(YamlNode.Entry e) {
        var name = new Value("roles", e.key(), problems).located(v -> v.matching(NAME, NAME_FORM));
        return new Value(name.value(), e.value(), problems)
                .fields(
                        "role '" + name.value() + "'",
                        f -> {
                            f.notYet("breakGlass");
                            return new Role(
                                    name,
                                    f.optional("purpose").map(Value::text).orElse(""),
                                    f.require("grants").list(this::grant));
                        });
    }

    private Grant grant(Value v) {
        return v.fields(
                "a grant",
                f -> {
                    f.notYet("mask", "rows", "when", "limit", "star");
                    return new Grant(
                            id(f),
                            actions(f.require("allow")),
                            f.require("on").list(i -> i.located(Value::text)),
                            f.optional("columns").map(this::columns),
                            f.optional("definer").map(Value::yesOrNo).orElse(false));
                });
    }

    private DenyRule denyRule(Value v) {
        return v.fields(
                "a deny rule",
                f -> {
                    f.notYet("when");
                    return new DenyRule(
                            id(f),
                            actions(f.require("actions")),
                            f.require("on").list(i -> i.located(Value::text)),
                            f.optional("columns").map(this::columns),
                            f.optional("except")
                                    .map(e -> e.list(i -> i.located(Value::text)))
                                    .orElse(List.of()),
                            f.optional("because").map(Value::text).orElse(""));
                });
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
