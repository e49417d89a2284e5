package dev.sallyport.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.gateway.DecisionEvent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.LocalTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionPrinterTest {
    private static final LocalTime NOON = LocalTime.of(12, 0, 0, 5_000_000);

    @Test
    void aPermitNamesObjectsAndRules() {
        assertThat(DecisionPrinter.line(permit("select public.patients (id, state)"), NOON))
                .isEqualTo(
                        "12:00:00.005  dana    permit  SELECT       select public.patients (id,"
                                + " state)                                "
                                + "dev-patients");
    }

    @Test
    void aDenialSaysWhy() {
        var event =
                new DecisionEvent(
                        "s-1",
                        2,
                        "pavel",
                        "clinic",
                        "SELECT",
                        "select ssn from patients",
                        List.of("select public.patients (ssn)"),
                        false,
                        List.of("no-ssn"),
                        "column public.patients.ssn is denied");
        assertThat(DecisionPrinter.line(event, NOON))
                .startsWith(
                        "12:00:00.005  pavel   deny    SELECT       select public.patients (ssn)")
                .endsWith("  no-ssn  column public.patients.ssn is denied");
    }

    @Test
    void whatWasNotUnderstoodHasNoKind() {
        var event =
                new DecisionEvent(
                        "s-1", 2, "dana", "clinic", "", "", List.of(), false, List.of(), "syntax");
        assertThat(DecisionPrinter.line(event, NOON))
                .startsWith("12:00:00.005  dana    deny    ?  ")
                .endsWith(" syntax");
    }

    @Test
    void longListsOfObjectsAreCutAndControlCharactersNeverReachTheTerminal() {
        var line =
                DecisionPrinter.line(
                        permit("select public.\"a\u001b[2J\nb\" (" + "x".repeat(100) + ")"), NOON);
        assertThat(line).contains("…").doesNotContain("\u001b[2J", "\n").hasSizeLessThan(140);
    }

    @Test
    void showsEverythingBeforeItCloses() throws Exception {
        var text = new StringWriter();
        var printer = new DecisionPrinter(new PrintWriter(text));
        for (var i = 0; i < 100; i++) printer.accept(permit("select public.t (c" + i + ")"));
        printer.close();
        assertThat(text.toString().lines()).hasSize(100);
    }

    private static DecisionEvent permit(String access) {
        return new DecisionEvent(
                "s-1",
                1,
                "dana",
                "clinic",
                "SELECT",
                "select id from patients",
                List.of(access),
                true,
                List.of("dev-patients"),
                "");
    }
}
