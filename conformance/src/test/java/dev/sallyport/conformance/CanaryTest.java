package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Ten thousand statements at night, a thousand in each build, each with something of its own in a
/// place where a patient's data could stand. None of it is found in clear in anything that the
/// gateway leaves behind; the auditor's key opens it.
///
/// Names stay in clear where they name objects (also one that is to be made or dropped), columns of
/// a result or aliases: they are how a statement is read. Everything else is a token here.
class CanaryTest {
    private static final int STATEMENTS = Integer.getInteger("sallyport.canary.statements", 1_000);

    /// So many are on their way before the first answer is read.
    private static final int AT_ONCE = 20;

    private static final int MAX_LEAKS_SHOWN = 40;

    /// Every token begins so; nothing else does.
    private static final String WORD = "zqcanary";

    private static final String NUMBER = "86753090";

    /// `%s` is a token, `%n` one that is a number, `%h` one of hex digits.
    private static final List<String> QUERIES =
            List.of(
                    "select '%s'",
                    "select e'%s\\n', '%s'",
                    "select U&'%s'",
                    "select n'%s'",
                    "select $$%s$$",
                    "select $t$%s$t$ -- %s",
                    "select $%s$ text $%s$",
                    "/* %s */ select 1",
                    "select 1 /* %s /* %s */ */",
                    "select 1 --%s",
                    "select %n",
                    "select %n.%n, -%n, %n::text",
                    "select x'%h', b'01'",
                    "select 0x%h",
                    "select '%s'::text, cast('%s' as varchar), text '%s'",
                    "select id from patients where city = '%s'",
                    "select id from patients where city in ('%s', '%s') or id = %n",
                    "select id from patients where city like '%s%%' order by id limit 1",
                    "select id from patients where city ~ '%s' limit %n offset %n",
                    "select id from patients where city between '%s' and '%s'",
                    "select id, case when city = '%s' then '%s' else '%s' end from patients"
                            + " where id = 1",
                    "select count(*) filter (where city = '%s') from patients",
                    "select city from patients group by city having max(city) = '%s'",
                    "select coalesce(city, '%s') from patients where id = %n",
                    "select array['%s', '%s'], row('%s', %n)",
                    "select ('{\"a\": \"%s\"}'::jsonb) ->> '%s'",
                    "select interval '1 day', date '2020-01-01', '%s'",
                    "with c as (select '%s' as v) select v from c",
                    "values ('%s', %n), ('%s', %n)",
                    "select generate_series(1, 1), '%s' order by '%s'",
                    "select label from scratch where id = (select max(id) from scratch where label"
                            + " = '%s')",
                    "select label from scratch where exists (select 1 from scratch where label ="
                            + " '%s')",
                    "insert into scratch values (5001, '%s') on conflict (id) do update set label ="
                            + " '%s'",
                    "update scratch set label = '%s' where id = 5001 returning label",
                    "delete from scratch where label = '%s'",
                    "insert into scratch (id, label) values (1, '%s')",
                    "explain select id from patients where city = '%s'",
                    "select ssn from patients where last_name = '%s'",
                    "select no_such_column, '%s' from patients",
                    "select %s from patients",
                    "select id from patients where city = %s",
                    "select id from %s",
                    "select id from patients where %s.id = 1",
                    "select '%s' from no_such_table",
                    "select %s('%s')",
                    "selekt '%s'",
                    "select '%s",
                    "select $$%s",
                    "%s",
                    "select * from where '%s'",
                    "with %s as (select 1), %s as (select 2), %s as (select 3) select '%s",
                    "set application_name = '%s'",
                    "set application_name to %s",
                    "set search_path to public, '%s'",
                    "set timezone to '%s'",
                    "show %s",
                    "prepare %s as select '%s'",
                    "execute %s('%s', %n)",
                    "deallocate %s",
                    "begin; savepoint %s; rollback to savepoint %s; release savepoint %s; rollback",
                    "begin; declare %s cursor for select '%s'; fetch 1 from %s; close %s; rollback",
                    "fetch all from %s",
                    "close %s",
                    "listen %s",
                    "unlisten %s",
                    "notify %s, '%s'",
                    "select cast('%s' as int)",
                    "select '%s'::date",
                    "select 1 / (length('%s') - length('%s'))",
                    "insert into scratch values (1, '%s')",
                    "copy scratch from stdin with (null '%s', format nonsense)",
                    "copy (select '%s') to stdout",
                    "copy scratch to '/tmp/%s'",
                    "comment on table scratch is '%s'",
                    "create role someone password '%s'",
                    "alter role someone password '%s'",
                    "create user mapping for current_user server s options (password '%s')",
                    "do $$ begin perform '%s'; end $$",
                    "do $$ begin raise notice '%s'; end $$",
                    "select pg_sleep(0), '%s'",
                    "call purge('%s')",
                    "lock table %s",
                    "truncate %s",
                    "vacuum %s",
                    "select set_config('application_name', '%s', false)",
                    "select current_setting('%s', true)",
                    "create temp table t (v text default '%s' check (v <> '%s'))",
                    "merge into scratch s using (select 1 as id) n on s.id = n.id and s.label ="
                            + " '%s' when matched then update set label = '%s'");

    @TempDir Path directory;
    private final List<String> tokens = new ArrayList<>();
    private final List<String> leaks = new ArrayList<>();
    private int statements;

    private String fill(String template) {
        var text = new StringBuilder();
        for (int i = 0; i < template.length(); i++) {
            if (template.charAt(i) != '%' || i + 1 == template.length()) {
                text.append(template.charAt(i));
                continue;
            }
            int n = tokens.size();
            switch (template.charAt(++i)) {
                case 's' -> text.append(token(WORD + Integer.toHexString(n) + "x"));
                case 'n' -> text.append(token(NUMBER + String.format("%06d", n)));
                case 'h' -> text.append(token(NUMBER + String.format("%06d", n)));
                default -> text.append('%');
            }
        }
        return text.toString();
    }

    private String token(String token) {
        tokens.add(token);
        return token;
    }

    private String word() {
        return fill("%s");
    }

    @Test
    void nothingThatCouldBeAPatientsIsLeftInClear() throws Exception {
        var log = (Logger) LoggerFactory.getLogger("dev.sallyport");
        var said = new ListAppender<ILoggingEvent>();
        said.start();
        var level = log.getLevel();
        log.setLevel(Level.TRACE);
        log.addAppender(said);
        var http = new StringBuilder();
        try (var gateway =
                GatewayUnderTest.start(
                        directory, GatewayUnderTest.freshClinic("canaries"), Map.of())) {
            for (int round = 0; statements < STATEMENTS; round++) {
                try (var wire = login(gateway, round)) {
                    queries(wire);
                    extended(wire);
                    copy(wire);
                }
                refusedLogins(gateway, round);
            }
            http.append(get(gateway, "/metrics")).append(get(gateway, "/health/ready"));
            http.append(get(gateway, "/health/live")).append(gateway.gateway().problems());
            gateway.stop();
        } finally {
            log.detachAppender(said);
            log.setLevel(level);
        }
        for (var event : said.list) {
            holdsNone("the gateway's log", event.getFormattedMessage());
            if (event.getThrowableProxy() != null)
                holdsNone(
                        "the gateway's log",
                        String.valueOf(event.getThrowableProxy().getMessage()));
        }
        holdsNone("metrics and health", http.toString());
        try (Stream<Path> files = Files.walk(directory.resolve("audit"))) {
            for (var file : files.filter(Files::isRegularFile).toList())
                holdsNone(
                        file.toString(),
                        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        }
        assertThat(leaks).isEmpty();
        AuditTrail.isSound(directory.resolve("audit"));
        theAuditorFindsThem();
    }

    private Wire login(GatewayUnderTest gateway, int round) throws IOException {
        var wire = new Wire(gateway.socket());
        wire.startup(
                Wire.PROTOCOL_3_0,
                "user",
                round % 2 == 0 ? "dev" : "own",
                "database",
                "clinic",
                "application_name",
                word());
        wire.authenticate(round % 2 == 0 ? "dev-pw" : "own-pw");
        return wire;
    }

    private void queries(Wire wire) throws IOException {
        for (int from = 0; from < QUERIES.size(); from += AT_ONCE) {
            var batch = new ByteArrayOutputStream();
            int sent = 0;
            for (var template : QUERIES.subList(from, Math.min(QUERIES.size(), from + AT_ONCE))) {
                batch.writeBytes(Wire.query(fill(template)));
                sent++;
                statements++;
                // Whatever became of it: out of the transaction.
                if (template.startsWith("begin")) {
                    batch.writeBytes(Wire.query("rollback"));
                    sent++;
                }
            }
            wire.raw(batch.toByteArray());
            while (sent-- > 0) finish(wire);
        }
    }

    private static void finish(Wire wire) throws IOException {
        while (true) {
            var message = wire.receive();
            if (message.type() == 'G') wire.raw(Wire.message('f', Wire.cString("no data")));
            if (message.type() == 'Z') return;
        }
    }

    /// Names of statements and portals, and values in both formats.
    private void extended(Wire wire) throws IOException {
        for (var sql :
                List.of(
                        "select count(*) from scratch where label = $1 or label = $2",
                        "update scratch set label = $1 where label = $2",
                        "select ssn from patients where last_name = $1 or first_name = $2")) {
            var name = word();
            var portal = word();
            wire.raw(
                    Wire.concat(
                            Wire.parse(name, sql + " /* " + word() + " */"),
                            Wire.message(
                                    'B',
                                    Wire.cString(portal),
                                    Wire.cString(name),
                                    Wire.shortBytes(2),
                                    Wire.shortBytes(0),
                                    Wire.shortBytes(1),
                                    Wire.shortBytes(2),
                                    value(word()),
                                    value(word()),
                                    Wire.shortBytes(0)),
                            Wire.execute(portal, 0),
                            Wire.close('S', name),
                            Wire.sync()));
            finish(wire);
            statements++;
            // Names that nobody gave.
            wire.raw(
                    Wire.concat(
                            Wire.bind(word(), word()),
                            Wire.execute(word(), 0),
                            Wire.describe('S', word()),
                            Wire.sync()));
            finish(wire);
        }
    }

    private static byte[] value(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return Wire.concat(Wire.intBytes(bytes.length), bytes);
    }

    private void copy(Wire wire) throws IOException {
        for (var row : List.of("6001\t" + word() + "\n", word() + "\t" + word() + "\n")) {
            wire.raw(Wire.query("copy scratch (id, label) from stdin"));
            while (true) {
                var message = wire.receive();
                if (message.type() == 'Z') break;
                if (message.type() == 'G')
                    wire.raw(
                            Wire.concat(
                                    Wire.message('d', row.getBytes(StandardCharsets.UTF_8)),
                                    Wire.message('c')));
            }
        }
        wire.raw(Wire.query("delete from scratch where id > 6000"));
        finish(wire);
    }

    private void refusedLogins(GatewayUnderTest gateway, int round) throws IOException {
        for (var parameters :
                List.of(
                        new String[] {"user", word(), "database", "clinic"},
                        new String[] {"user", "dev", "database", word()},
                        new String[] {"user", "dev", "database", "clinic", "options", word()},
                        new String[] {
                            "user", "dev", "database", "clinic", "options", "-c x." + word() + "=1"
                        },
                        new String[] {"user", "dev", "database", "clinic", word(), word()},
                        new String[] {
                            "user", "dev", "database", "clinic", "client_encoding", word()
                        },
                        new String[] {
                            "user", "dev", "database", "clinic", "search_path", word()
                        })) {
            try (var wire = new Wire(gateway.socket())) {
                wire.startup(Wire.PROTOCOL_3_0, parameters);
                wire.authenticate(round % 2 == 0 ? word() : "dev-pw");
            } catch (IOException _) {
                // Refused, most of them.
            }
        }
        // Bytes that are no login at all.
        try (var wire = new Wire(gateway.socket())) {
            var body = new ByteArrayOutputStream();
            var data = new DataOutputStream(body);
            data.writeInt(Wire.PROTOCOL_3_0);
            data.write(("user\0" + word()).getBytes(StandardCharsets.UTF_8));
            wire.out.writeInt(body.size() + 4);
            wire.raw(body.toByteArray());
            wire.untilClosed();
        }
    }

    private static String get(GatewayUnderTest gateway, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "http://127.0.0.1:"
                                                        + gateway.gateway().adminPort()
                                                        + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /// In clear, in hex, or in base64 at any of its three places.
    private void holdsNone(String where, String text) {
        for (var token : List.of(WORD, NUMBER)) {
            for (var form : forms(token)) {
                for (int at = text.indexOf(form);
                        at >= 0 && leaks.size() < MAX_LEAKS_SHOWN;
                        at = text.indexOf(form, at + 1))
                    leaks.add(
                            where
                                    + ": "
                                    + text.substring(
                                            Math.max(0, at - 60),
                                            Math.min(text.length(), at + 30)));
            }
        }
    }

    private static Set<String> forms(String token) {
        var forms = new TreeSet<String>();
        forms.add(token);
        forms.add(token.toUpperCase(java.util.Locale.ROOT));
        var bytes = token.getBytes(StandardCharsets.US_ASCII);
        forms.add(java.util.HexFormat.of().formatHex(bytes));
        for (int skip = 0; skip < 3; skip++) {
            var padded = new byte[skip + bytes.length];
            System.arraycopy(bytes, 0, padded, skip, bytes.length);
            var text = Base64.getEncoder().withoutPadding().encodeToString(padded);
            // What the bytes round it don't change.
            forms.add(text.substring(skip == 0 ? 0 : 4, text.length() - 2));
        }
        return forms;
    }

    /// Not kept, by design: rows of COPY, names of statements and portals, what is said at logins
    /// but for the user's name, passwords.
    private void theAuditorFindsThem() throws Exception {
        var trail = AuditTrail.of(directory.resolve("audit"));
        var found = new TreeSet<String>();
        var pattern = Pattern.compile(WORD + "[0-9a-f]+x|" + NUMBER + "[0-9]{6}");
        for (var part : trail.opened().values()) {
            var matcher = pattern.matcher(part.toString());
            while (matcher.find()) found.add(matcher.group());
        }
        int missing = 0;
        for (var token : tokens) if (!found.contains(token)) missing++;
        assertThat(found.size()).isGreaterThan(tokens.size() * 3 / 4);
        assertThat(found).hasSize(tokens.size() - missing);
        // Every text that came as a Query is there, in the record of its first statement.
        var texts = new ArrayList<String>();
        for (var part : trail.opened().values())
            if (part.get("sql") instanceof String sql) texts.add(sql);
        assertThat(texts).anyMatch(sql -> sql.startsWith("selekt '" + WORD));
        assertThat(trail.ofType("login-failed"))
                .anyMatch(e ->
                        trail.opened(e).get("user") instanceof String user
                                && user.startsWith(WORD));
        assertThat(trail.ofType("statement-outcome"))
                .anyMatch(e -> trail.opened(e).toString().contains("invalid input syntax"));
        assertThat(trail.ofType("statement-intent"))
                .anyMatch(e ->
                        trail.opened(e).get("parameters") instanceof List<?> values
                                && values.getFirst() instanceof String text
                                && text.startsWith(WORD)
                                && values.getLast() instanceof Map<?, ?> binary
                                && binary.containsKey("binary"));
    }
}
