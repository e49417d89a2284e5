package dev.sallyport.postgres.session;

import static dev.sallyport.postgres.session.Wire.bindComplete;
import static dev.sallyport.postgres.session.Wire.closeComplete;
import static dev.sallyport.postgres.session.Wire.complete;
import static dev.sallyport.postgres.session.Wire.copyData;
import static dev.sallyport.postgres.session.Wire.copyDone;
import static dev.sallyport.postgres.session.Wire.copyInResponse;
import static dev.sallyport.postgres.session.Wire.copyOutResponse;
import static dev.sallyport.postgres.session.Wire.emptyQuery;
import static dev.sallyport.postgres.session.Wire.error;
import static dev.sallyport.postgres.session.Wire.noData;
import static dev.sallyport.postgres.session.Wire.notice;
import static dev.sallyport.postgres.session.Wire.parameterDescription;
import static dev.sallyport.postgres.session.Wire.parameterStatus;
import static dev.sallyport.postgres.session.Wire.parseComplete;
import static dev.sallyport.postgres.session.Wire.ready;
import static dev.sallyport.postgres.session.Wire.row;
import static dev.sallyport.postgres.session.Wire.rowDescription;
import static dev.sallyport.postgres.session.Wire.suspended;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A small PostgreSQL, as far as the protocol goes: transactions (explicit, implicit, failed),
/// skipping until Sync, portals with row limits, COPY in both directions. Statements are words:
/// `select 3`, `insert`, `begin`, `commit`, `rollback`, `fail`, `failparse`, `copyin`, `copyout 2`,
/// `set`, `notice`; what follows `#` only makes a text unique.
///
/// With `denies` it answers what the gateway would deny with the same error itself: what a client
/// sees of the gateway before an ordinary server has to be what it sees of this one alone.
final class ModelServer {
    private final boolean denies;
    private final ByteArrayOutputStream in = new ByteArrayOutputStream();
    private ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<String, String> prepared = new HashMap<>();
    private final Map<String, Portal> portals = new HashMap<>();
    private char transaction = 'I';
    private boolean skipping;

    /// Whoever is in COPY FROM STDIN: a portal, or the rest of a Query's statements.
    private @Nullable CopyIn copying;

    private int uncommitted;
    int committed;
    int synchronizations;
    boolean terminated;

    /// Every text that it was given to run or prepare.
    final List<String> texts = new ArrayList<>();

    private record CopyIn(String tag, boolean isQuery, List<String> then) {}

    private static final class Portal {
        final String text;
        int sent;

        Portal(String text) {
            this.text = text;
        }
    }

    private static final class Failure extends Exception {
        private static final long serialVersionUID = 1L;

        final String sqlState;
        final String text;

        Failure(String sqlState, String text) {
            this.sqlState = sqlState;
            this.text = text;
        }
    }

    ModelServer(boolean denies) {
        this.denies = denies;
    }

    /// @return what it answers at once
    byte[] receive(byte[] bytes) {
        in.writeBytes(bytes);
        byte[] all = in.toByteArray();
        int at = 0;
        while (all.length - at >= 5) {
            int length = ByteBuffer.wrap(all, at + 1, 4).getInt();
            if (length < 4) throw new AssertionError("length " + length);
            if (all.length - at < 1 + length) break;
            message((char) all[at], ByteBuffer.wrap(all, at + 5, length - 4).slice());
            at += 1 + length;
        }
        in.reset();
        in.write(all, at, all.length - at);
        byte[] answer = out.toByteArray();
        out = new ByteArrayOutputStream();
        return answer;
    }

    private void message(char type, ByteBuffer body) {
        if (copying != null) {
            copyMessage(type, body);
            return;
        }
        switch (type) {
            case 'S' -> {
                skipping = false;
                endImplicit(true);
                synchronize();
            }
            case 'X' -> terminated = true;
            case 'd', 'c', 'f' -> {}
            default -> {
                if (skipping) return;
                try {
                    run(type, body);
                } catch (Failure e) {
                    send(error(e.sqlState, e.text));
                    abort();
                    if (type == 'Q' || type == 'F') synchronize();
                    else skipping = true;
                }
            }
        }
    }

    private void run(char type, ByteBuffer body) throws Failure {
        switch (type) {
            case 'Q' -> query(text(body));
            case 'P' -> {
                String name = text(body);
                String sql = text(body);
                if (name.isEmpty()) prepared.remove("");
                parseText(sql);
                if (isRefused(sql)) throw aborted();
                if (!name.isEmpty() && prepared.containsKey(name))
                    throw new Failure("42P05", "statement exists: " + name);
                prepared.put(name, sql);
                send(parseComplete());
            }
            case 'B' -> {
                String portal = text(body);
                String statement = prepared.get(text(body));
                if (statement == null) throw new Failure("26000", "no such statement");
                if (denies && statement.startsWith("bindno")) throw denied(statement);
                if (isRefused(statement)) throw aborted();
                if (!portal.isEmpty() && portals.containsKey(portal))
                    throw new Failure("42P03", "portal exists: " + portal);
                portals.put(portal, new Portal(statement));
                send(bindComplete());
            }
            case 'D' -> {
                char target = (char) body.get();
                String name = text(body);
                String sql;
                if (target == 'S') {
                    sql = prepared.get(name);
                    if (sql == null) throw new Failure("26000", "no such statement");
                    send(parameterDescription());
                } else {
                    Portal portal = portals.get(name);
                    if (portal == null) throw new Failure("34000", "no such portal");
                    sql = portal.text;
                }
                send(sql.startsWith("select") ? rowDescription() : noData());
            }
            case 'E' -> {
                Portal portal = portals.get(text(body));
                int max = body.getInt();
                if (portal == null) throw new Failure("34000", "no such portal");
                if (denies && portal.text.startsWith("executeno")) throw denied(portal.text);
                if (isRefused(portal.text)) throw aborted();
                if (portal.text.isBlank()) send(emptyQuery());
                else if (portal.text.startsWith("select")) rows(portal, max);
                else if (portal.text.startsWith("copyin")) beginCopy(portal.text, false, List.of());
                else statement(portal.text);
            }
            case 'C' -> {
                char target = (char) body.get();
                if (target == 'S') prepared.remove(text(body));
                else portals.remove(text(body));
                send(closeComplete());
            }
            case 'H' -> {}
            case 'F' -> {
                if (!denies) throw new AssertionError("a FunctionCall came through");
                throw new Failure("0A000", "refused FUNCTION_CALL");
            }
            default -> throw new AssertionError("message " + type);
        }
    }

    private void query(String text) throws Failure {
        parseText(text);
        List<String> statements = ScriptedEnforcement.split(text);
        if (statements.isEmpty()) send(emptyQuery());
        statements(statements);
    }

    private void statements(List<String> statements) throws Failure {
        for (int i = 0; i < statements.size(); i++) {
            String one = statements.get(i);
            if (isRefused(one)) throw aborted();
            if (one.startsWith("copyin")) {
                beginCopy(one, true, statements.subList(i + 1, statements.size()));
                return;
            }
            if (one.startsWith("select")) {
                send(rowDescription());
                int count = number(one);
                for (int row = 0; row < count; row++) send(row(one));
                send(complete(tag(one) + " " + count));
            } else {
                statement(one);
            }
        }
        endImplicit(true);
        synchronize();
    }

    private void statement(String text) throws Failure {
        switch (text.split("[ #]")[0]) {
            case "insert" -> {
                uncommitted++;
                send(complete(tag(text) + " 1"));
            }
            case "begin" -> {
                transaction = 'T';
                send(complete(tag(text)));
            }
            case "commit", "rollback" -> {
                boolean commits = text.startsWith("commit") && transaction != 'E';
                transaction = 'I';
                endImplicit(commits);
                send(complete(commits ? tag(text) : "ROLLBACK"));
            }
            case "set" -> {
                send(parameterStatus("application_name", text));
                send(parameterStatus("TimeZone", text));
                send(complete(tag(text)));
            }
            case "notice" -> {
                send(notice(text));
                send(complete(tag(text)));
            }
            case "copyout" -> {
                send(copyOutResponse());
                for (int i = 0; i < number(text); i++) send(copyData(text));
                send(copyDone());
                send(complete(tag(text) + " " + number(text)));
            }
            case "fail" -> throw new Failure("22012", "failed " + text);
            default -> send(complete(tag(text)));
        }
    }

    private void rows(Portal portal, int max) {
        int count = number(portal.text);
        int until = max == 0 ? count : Math.min(count, portal.sent + max);
        for (; portal.sent < until; portal.sent++) send(row(portal.text));
        if (max != 0 && portal.sent < count) send(suspended());
        else send(complete(tag(portal.text) + " " + count));
    }

    private void beginCopy(String text, boolean isQuery, List<String> then) {
        send(copyInResponse());
        copying = new CopyIn(tag(text), isQuery, then);
    }

    private void copyMessage(char type, ByteBuffer body) {
        CopyIn copy = copying;
        if (copy == null) throw new IllegalStateException();
        try {
            switch (type) {
                case 'd' -> {
                    byte[] data = new byte[body.remaining()];
                    body.get(data);
                    if (new String(data, StandardCharsets.UTF_8).contains("bad"))
                        throw new Failure("22P02", "bad data");
                }
                case 'c' -> {
                    copying = null;
                    uncommitted++;
                    send(complete(copy.tag + " 1"));
                    if (copy.isQuery) statements(copy.then);
                }
                case 'f' -> throw new Failure("57014", "COPY failed: " + text(body));
                case 'S', 'H' -> {}
                case 'X' -> terminated = true;
                default -> throw new AssertionError("message " + type + " in COPY");
            }
        } catch (Failure e) {
            copying = null;
            send(error(e.sqlState, e.text));
            abort();
            if (copy.isQuery) synchronize();
            else skipping = true;
        }
    }

    private void parseText(String text) throws Failure {
        texts.add(text);
        if (text.equals(Frontend.SURE_TO_FAIL.text())) throw new Failure("42601", "syntax error");
        if (ScriptedEnforcement.isDenied(text)) {
            if (!denies) throw new AssertionError("came through: " + text);
            throw denied(text);
        }
        if (text.contains("failparse")) throw new Failure("42601", "syntax error " + text);
    }

    private boolean isRefused(String text) {
        return transaction == 'E' && !text.startsWith("commit") && !text.startsWith("rollback");
    }

    private void abort() {
        if (transaction == 'T') transaction = 'E';
        endImplicit(false);
        if (transaction == 'E') uncommitted = 0;
        portals.clear();
    }

    private void endImplicit(boolean commits) {
        if (transaction != 'I') return;
        if (commits) committed += uncommitted;
        uncommitted = 0;
        portals.clear();
    }

    private void synchronize() {
        synchronizations++;
        send(ready(transaction));
    }

    private void send(byte[] bytes) {
        out.writeBytes(bytes);
    }

    private static Failure denied(String text) {
        return new Failure("42501", ScriptedEnforcement.denial(text).message());
    }

    private static Failure aborted() {
        return new Failure("25P02", "transaction is aborted");
    }

    /// `select 3 #17` -> `select#17`
    private static String tag(String text) {
        int mark = text.indexOf('#');
        return text.split("[ #]")[0] + (mark < 0 ? "" : text.substring(mark));
    }

    private static int number(String text) {
        String[] words = text.split("[ #]+");
        return words.length > 1 && words[1].matches("\\d+") && text.charAt(words[0].length()) == ' '
                ? Integer.parseInt(words[1])
                : 1;
    }

    private static String text(ByteBuffer body) {
        int start = body.position();
        while (body.get() != 0) {}
        byte[] bytes = new byte[body.position() - 1 - start];
        body.get(start, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
