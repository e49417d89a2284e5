package dev.sallyport.app.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Prints a report. Names in it come from clients and from the log: nothing of them is markup.
public final class ReportWriter {
    public enum Format {
        MARKDOWN,
        HTML,
        JSON
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    /// The command up to the search's own options.
    private final List<String> command;

    /// @param store as the reader wrote it
    public ReportWriter(String store) {
        this.command = List.of("./sallyport", "audit", "search", "--store", store, "--totals");
    }

    public String write(Report report, Format format) {
        return switch (format) {
            case MARKDOWN -> markdown(report);
            case HTML -> html(report);
            case JSON -> json(report);
        };
    }

    private String search(Report.Figure figure) {
        var words = new java.util.ArrayList<>(command);
        words.addAll(figure.search().options());
        return words.stream().map(ReportWriter::quoted).collect(Collectors.joining(" "));
    }

    /// For a POSIX shell.
    static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=@%+,-]+")
                ? word
                : "'" + word.replace("'", "'\\''") + "'";
    }

    private static String unit(Report.Figure figure) {
        return switch (figure.total()) {
            case ENTRIES -> figure.value() == 1 ? "entry" : "entries";
            case ROWS -> figure.value() == 1 ? "row" : "rows";
            case RESULT_ROWS -> figure.value() == 1 ? "result row" : "result rows";
        };
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private String markdown(Report report) {
        var out = new StringBuilder("# " + inline(report.title()) + "\n\n");
        for (var line : report.preface()) out.append(inline(line)).append("\n\n");
        for (var section : report.sections()) {
            out.append("## ").append(inline(section.title())).append("\n\n");
            if (!section.references().isEmpty())
                out.append(inline(section.references())).append("  \n");
            section.status()
                    .ifPresent(status -> out.append("**").append(status.word()).append("**  \n"));
            out.append(inline(section.says())).append("\n\n");
            if (section.figures().isEmpty()) continue;
            out.append("| what | how many | when | search |\n|---|---:|---|---|\n");
            for (var figure : section.figures())
                out.append("| ")
                        .append(inline(figure.label()))
                        .append(" | ")
                        .append(number(figure.value()))
                        .append(' ')
                        .append(unit(figure))
                        .append(" | ")
                        .append(inline(figure.note()))
                        .append(" | ")
                        .append(code(search(figure)))
                        .append(" |\n");
            out.append('\n');
        }
        return out.toString();
    }

    /// Text without markup.
    private static String inline(String text) {
        return printable(text).replaceAll("([\\\\`*_<>\\[\\]|#~&])", "\\\\$1");
    }

    /// In a table's cell: as long a fence as is needed, and no bar.
    private static String code(String text) {
        var plain = printable(text);
        var fence = "`";
        while (plain.contains(fence)) fence += "`";
        return fence
                + (fence.length() > 1 ? " " : "")
                + plain.replace("|", "\\|")
                + (fence.length() > 1 ? " " : "")
                + fence;
    }

    private static String printable(String text) {
        return text.codePoints()
                .map(c ->
                        Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                                ? '·'
                                : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private String html(Report report) {
        var out =
                new StringBuilder(
                        """
                        <!doctype html>
                        <html lang="en"><head><meta charset="utf-8"><title>%s</title>
                        <style>
                        body { font: 15px/1.5 sans-serif; max-width: 72em; margin: 2em auto; padding: 0 1em }
                        table { border-collapse: collapse; width: 100%%; margin: .5em 0 1.5em }
                        th, td { text-align: left; vertical-align: top; padding: .3em .6em; border-bottom: 1px solid #ccc }
                        td.n { text-align: right; white-space: nowrap } code { font-size: 12px; word-break: break-word }
                        .met { color: #166534 } .not-met { color: #b91c1c } .inherited, .not-tested { color: #92400e }
                        </style></head><body>
                        """
                                .formatted(escaped(report.title())));
        out.append("<h1>").append(escaped(report.title())).append("</h1>\n");
        for (var line : report.preface()) out.append("<p>").append(escaped(line)).append("</p>\n");
        for (var section : report.sections()) {
            out.append("<h2>").append(escaped(section.title())).append("</h2>\n<p>");
            if (!section.references().isEmpty())
                out.append(escaped(section.references())).append("<br>");
            section.status()
                    .ifPresent(status ->
                            out.append("<strong class=\"")
                                    .append(status.word().replace(' ', '-'))
                                    .append("\">")
                                    .append(status.word())
                                    .append("</strong><br>"));
            out.append(escaped(section.says())).append("</p>\n");
            if (section.figures().isEmpty()) continue;
            out.append(
                    "<table><tr><th>what</th><th>how many</th><th>when</th><th>search</th></tr>\n");
            for (var figure : section.figures())
                out.append("<tr><td>")
                        .append(escaped(figure.label()))
                        .append("</td><td class=\"n\">")
                        .append(number(figure.value()))
                        .append(' ')
                        .append(unit(figure))
                        .append("</td><td>")
                        .append(escaped(figure.note()))
                        .append("</td><td><code>")
                        .append(escaped(search(figure)))
                        .append("</code></td></tr>\n");
            out.append("</table>\n");
        }
        return out.append("</body></html>\n").toString();
    }

    private static String escaped(String text) {
        return printable(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private String json(Report report) {
        ObjectNode root = JSON.createObjectNode().put("title", report.title());
        var preface = root.putArray("preface");
        report.preface().forEach(preface::add);
        var sections = root.putArray("sections");
        for (var section : report.sections()) {
            var node =
                    sections.addObject()
                            .put("title", section.title())
                            .put("references", section.references());
            section.status().ifPresent(status -> node.put("status", status.word()));
            node.put("says", section.says());
            var figures = node.putArray("figures");
            for (var figure : section.figures()) {
                var one =
                        figures.addObject()
                                .put("label", figure.label())
                                .put("value", figure.value())
                                .put("total", figure.total().member())
                                .put("when", figure.note())
                                .put("search", search(figure));
                var options = one.putArray("options");
                figure.search().options().forEach(options::add);
            }
        }
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("nodes can always be written", e);
        }
    }
}
