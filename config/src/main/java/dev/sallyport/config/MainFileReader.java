package dev.sallyport.config;

import dev.sallyport.config.GatewayConfig.Admin;
import dev.sallyport.config.GatewayConfig.Audit;
import dev.sallyport.config.GatewayConfig.AuditDatabase;
import dev.sallyport.config.GatewayConfig.CatalogReader;
import dev.sallyport.config.GatewayConfig.Database;
import dev.sallyport.config.GatewayConfig.DatabaseLogin;
import dev.sallyport.config.GatewayConfig.Listener;
import dev.sallyport.config.GatewayConfig.Login;
import dev.sallyport.config.GatewayConfig.Masks;
import dev.sallyport.config.GatewayConfig.RoleTimes;
import dev.sallyport.config.GatewayConfig.Seal;
import dev.sallyport.config.GatewayConfig.ServerTls;
import dev.sallyport.config.GatewayConfig.Sessions;
import dev.sallyport.config.GatewayConfig.Signing;
import dev.sallyport.config.GatewayConfig.State;
import dev.sallyport.config.GatewayConfig.StateFolder;
import dev.sallyport.config.GatewayConfig.StatePlace;
import dev.sallyport.config.GatewayConfig.StatePostgres;
import dev.sallyport.config.GatewayConfig.TlsMode;
import dev.sallyport.config.GatewayConfig.UpstreamTls;
import dev.sallyport.config.GatewayConfig.Witness;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Decodes `sallyport.yaml`, key by key, in the order in which the file is written.
final class MainFileReader {
    private static final Pattern GATEWAY_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,62}");
    private static final Pattern DATABASE_NAME =
            Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}");
    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,252}|[0-9a-fA-F:.%]{2,60}");
    private static final Pattern ROLE = Pattern.compile("\\P{Cntrl}{1,63}");
    private static final Pattern WITNESS_KEY =
            Pattern.compile("[!-*,-~]{1,255}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]{44}");
    private static final Pattern RECIPIENT =
            Pattern.compile("seal:[A-Za-z0-9][A-Za-z0-9._@-]{0,63}:[A-Za-z0-9_-]{43}");

    private static final Pattern SIGNER =
            Pattern.compile(
                    "policy-signer:[\\p{L}\\p{Nd}_][\\p{L}\\p{Nd}_.@+-]{0,62}:[A-Za-z0-9_-]{43}");

    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final int GIB = 1 << 30;

    private final Path file;
    private final Problems problems;
    private final Places places;

    /// Whose database each is, to be compared with those that there are.
    private final List<Located<String>> mysqlListeners = new ArrayList<>();

    MainFileReader(Path file, Problems problems) {
        this.file = file;
        this.problems = problems;
        this.places = new Places(file, problems);
    }

    /// The configuration, with the paths of the other files as they were written.
    record Read(
            GatewayConfig config,
            List<Located<Path>> policies,
            Located<Path> users,
            Optional<Located<Path>> alerts) {}

    Read read(YamlNode root) {
        return Fields.read(root, "the gateway's configuration", problems, this::config);
    }

    private Read config(Fields f) {
        var gateway =
                f.require("gateway")
                        .matching(GATEWAY_NAME, "up to 63 lower-case letters, digits, '.' and '-'");
        var listeners = f.require("listeners").list(v -> v.located(this::listener));
        var databases = f.require("databases").list(v -> v.located(this::database));
        var policies = f.require("policies").list(v -> v.located(places::path));
        var users = f.require("users").located(places::path);
        var audit = f.require("audit").fields("'audit'", this::audit);
        var alerts = f.optional("alerts").map(v -> v.located(places::path));
        var sessions = section(f, "sessions", this::sessions, Sessions.DEFAULTS);
        var login = section(f, "login", this::login, Login.DEFAULTS);
        var masks = section(f, "masks", this::masks, Masks.DEFAULTS);
        var admin = section(f, "admin", this::admin, Admin.DEFAULTS);
        var state = f.optional("state").map(this::state);
        var signing = f.optional("signing").map(v -> v.fields("'signing'", this::signing));
        if (state.isPresent() && signing.isPresent())
            problems.report(
                    f.keyAt("signing"),
                    "'signing' and 'state' don't go together: nobody would have signed which roles"
                            + " accounts in the store get. Keep everybody in the users' file, or"
                            + " take 'signing' out");
        noneTwice(listeners, l -> l.port() == 0 ? "" : l.host() + ":" + l.port(), "listener on");
        noneTwice(databases, Database::name, "database named");
        checkListeners(databases.stream().map(Located::value).toList());
        noneTwice(policies, Path::toString, "policy file");
        return new Read(
                new GatewayConfig(
                        Places.absolute(file),
                        gateway,
                        listeners.stream().map(Located::value).toList(),
                        databases.stream().map(Located::value).toList(),
                        policies.stream().map(p -> Places.absolute(p.value())).toList(),
                        Places.absolute(users.value()),
                        audit,
                        sessions,
                        login,
                        masks,
                        admin,
                        state,
                        signing),
                policies,
                users,
                alerts);
    }

    private Signing signing(Fields f) {
        var file = f.require("file").located(places::path);
        var list = f.require("signers");
        var signers =
                list.list(v ->
                        v.located(s ->
                                s.matching(
                                        SIGNER,
                                        "policy-signer:NAME:KEY, as `sallyport policy keygen`"
                                                + " prints it")));
        noneTwice(signers, String::toString, "signer");
        if (signers.size() == 1)
            list.wrong("'signers' needs two people at least: an author and an approver");
        return new Signing(
                Places.absolute(file.value()), signers.stream().map(Located::value).toList());
    }

    private void checkListeners(List<Database> databases) {
        for (var named : mysqlListeners) {
            if (named.value().isEmpty()) continue;
            var known = databases.stream().filter(d -> d.name().equals(named.value())).findFirst();
            if (known.isEmpty())
                problems.report(
                        named.at(),
                        "there is no database '" + named.value() + "' under 'databases'");
            else if (known.get().protocol() != Protocol.MYSQL)
                problems.report(
                        named.at(),
                        "a listener for mysql needs a database with 'protocol: mysql', and '"
                                + named.value()
                                + "' speaks "
                                + known.get().protocol().word());
        }
    }

    private <T> T section(Fields f, String key, Function<Fields, T> decode, T otherwise) {
        return f.optional(key).map(v -> v.fields("'" + key + "'", decode)).orElse(otherwise);
    }

    private Listener listener(Value v) {
        return v.fields(
                "a listener",
                f -> {
                    var protocol = protocol(f.require("protocol"));
                    var host = host(f.require("host"));
                    var port = f.require("port").integer(0, 65_535);
                    var database =
                            protocol == Protocol.MYSQL
                                    ? Optional.of(f.require("database").located(Value::text))
                                    : Optional.<Located<String>>empty();
                    database.ifPresent(mysqlListeners::add);
                    var tls = f.optional("tls").map(t -> serverTls(t, host));
                    if (tls.isEmpty() && !host.isEmpty() && !Places.isLoopback(host))
                        problems.report(
                                f.at(),
                                "this listener needs 'tls': only loopback addresses may do without,"
                                        + " and "
                                        + host
                                        + " is none");
                    return new Listener(protocol, host, port, tls, database.map(Located::value));
                });
    }

    private ServerTls serverTls(Value v, String host) {
        return v.fields(
                "'tls'",
                f -> {
                    var certificate = places.existing(f.require("certificate"));
                    var key = places.existing(f.require("key"));
                    var required = f.optional("required").map(Value::yesOrNo).orElse(true);
                    if (!required && !host.isEmpty() && !Places.isLoopback(host))
                        problems.report(
                                f.keyAt("required"),
                                "'required: false' is for loopback addresses only, and "
                                        + host
                                        + " is none");
                    return new ServerTls(certificate, key, required);
                });
    }

    private Database database(Value v) {
        return v.fields(
                "a database",
                f -> {
                    var name =
                            f.require("name")
                                    .matching(
                                            DATABASE_NAME,
                                            "up to 63 letters, digits, '_', '-' and '.'");
                    var host = host(f.require("host"));
                    return new Database(
                            name,
                            protocol(f.require("protocol")),
                            host,
                            f.require("port").integer(1, 65_535),
                            f.optional("database").map(Value::text).orElse(name),
                            role(f.require("user")),
                            places.secret(f.require("password")),
                            upstreamTls(f, host),
                            f.require("catalog").fields("'catalog'", this::catalog));
                });
    }

    private UpstreamTls upstreamTls(Fields database, String host) {
        return database.optional("tls")
                .map(v ->
                        v.fields(
                                "'tls'",
                                f -> {
                                    var mode = tlsMode(f.require("mode"), host);
                                    var ca = f.optional("ca").map(places::existing);
                                    if (mode == TlsMode.VERIFY_CA && ca.isEmpty())
                                        problems.report(
                                                f.at(),
                                                "'verify-ca' needs 'ca', the certificate to"
                                                        + " trust; or use verify-full");
                                    return new UpstreamTls(mode, ca);
                                }))
                .orElse(new UpstreamTls(TlsMode.VERIFY_FULL, Optional.empty()));
    }

    private TlsMode tlsMode(Value v, String host) {
        if (v.node() instanceof YamlNode.Scalar s
                && (s.text().equals("prefer") || s.text().equals("allow"))) {
            v.wrong(
                    "'"
                            + s.text()
                            + "' would fall back to clear text silently: use verify-full, or"
                            + " disable for a database on loopback");
            return TlsMode.VERIFY_FULL;
        }
        int before = problems.count();
        var mode = v.oneOf(TlsMode.class, TlsMode::word);
        if (problems.count() == before
                && mode == TlsMode.DISABLE
                && !host.isEmpty()
                && !Places.isLoopback(host))
            v.wrong(
                    "'disable' is for loopback addresses only, and "
                            + host
                            + " is none: use verify-full");
        return mode;
    }

    private CatalogReader catalog(Fields f) {
        return new CatalogReader(
                role(f.require("user")),
                places.secret(f.require("password")),
                f.optional("refresh")
                        .map(v -> v.duration(Duration.ofSeconds(1), Duration.ofHours(1)))
                        .orElse(Duration.ofSeconds(30)));
    }

    private Audit audit(Fields f) {
        Path store = Places.absolute(places.path(f.require("store")));
        return new Audit(
                store,
                f.optional("segmentSize").map(v -> v.size(MIB, GIB)).orElse(64L * MIB),
                f.optional("reserve").map(v -> v.size(MIB, 1024L * GIB)).orElse(256L * MIB),
                f.optional("key")
                        .map(v -> Places.absolute(places.path(v)))
                        .orElseGet(() -> Audit.keyBeside(store)),
                f.optional("witness").map(this::witness),
                f.optional("postgres").map(this::auditDatabase),
                f.optional("seal").map(this::seal).orElse(Seal.TO_NOBODY),
                f.optional("subjectKey")
                        .map(v -> Places.absolute(places.path(v)))
                        .orElseGet(() -> Audit.subjectKeyBeside(store)),
                f.optional("retentionMonths")
                        .map(v -> v.integer(1, 1_200))
                        .orElse(Audit.RETENTION_MONTHS));
    }

    private AuditDatabase auditDatabase(Value v) {
        return v.fields(
                "'postgres'",
                f -> {
                    var host = host(f.require("host"));
                    var user = role(f.require("user"));
                    var reader =
                            f.optional("reader")
                                    .map(r -> r.fields("'reader'", this::databaseLogin));
                    if (reader.isPresent() && !user.isEmpty() && reader.get().user().equals(user))
                        problems.report(
                                f.keyAt("reader"),
                                "'reader' must be another role than 'user': who adds to the log's"
                                        + " copy does not read it");
                    return new AuditDatabase(
                            host,
                            f.require("port").integer(1, 65_535),
                            f.require("database").text(),
                            upstreamTls(f, host),
                            user,
                            places.secret(f.require("password")),
                            reader);
                });
    }

    private DatabaseLogin databaseLogin(Fields f) {
        return new DatabaseLogin(role(f.require("user")), places.secret(f.require("password")));
    }

    private Seal seal(Value v) {
        return v.fields(
                "'seal'",
                f -> {
                    var given = f.require("recipients");
                    var recipients =
                            given.list(item ->
                                    new Located<>(
                                            item.matching(
                                                    RECIPIENT,
                                                    "seal:NAME:KEY, as `audit keygen --auditor`"
                                                            + " prints it"),
                                            item.at()));
                    noneTwice(recipients, key -> key, "recipient");
                    if (recipients.size() > Seal.MAX_RECIPIENTS)
                        given.wrong("there may be " + Seal.MAX_RECIPIENTS + " recipients at most");
                    return new Seal(recipients.stream().map(Located::value).toList());
                });
    }

    private Witness witness(Value v) {
        return v.fields(
                "'witness'",
                f -> {
                    var uri = places.url(f.require("url"), "https://witness.example/");
                    return new Witness(
                            uri,
                            f.require("key")
                                    .matching(
                                            WITNESS_KEY,
                                            "NAME+ID+BASE64, as `audit witness` prints it"));
                });
    }

    private Sessions sessions(Fields f) {
        var d = Sessions.DEFAULTS;
        return new Sessions(
                f.optional("idle").map(v -> v.duration(SECOND, DAY)).orElse(d.idle()),
                f.optional("maxAge").map(v -> v.duration(SECOND, WEEK)).orElse(d.maxAge()),
                f.optional("handshake")
                        .map(v -> v.duration(TENTH, MINUTES_5))
                        .orElse(d.handshake()),
                f.optional("authentication")
                        .map(v -> v.duration(TENTH, MINUTES_5.multipliedBy(2)))
                        .orElse(d.authentication()),
                f.optional("connect").map(v -> v.duration(TENTH, MINUTES_5)).orElse(d.connect()),
                f.optional("maxPerUser").map(v -> v.integer(1, 100_000)).orElse(d.maxPerUser()),
                f.optional("max").map(v -> v.integer(1, 1_000_000)).orElse(d.max()),
                f.optional("maxUnauthenticated")
                        .map(v -> v.integer(1, 100_000))
                        .orElse(d.maxUnauthenticated()),
                f.optional("drain").map(v -> v.duration(Duration.ZERO, HOUR)).orElse(d.drain()),
                f.optional("maxStatementBytes")
                        .map(v -> v.size(KIB, GIB))
                        .orElse(d.maxStatementBytes()),
                f.optional("maxMessageBytes")
                        .map(v -> v.size(64 * KIB, GIB))
                        .orElse(d.maxMessageBytes()),
                f.optional("maxPreparedStatements")
                        .map(v -> v.integer(1, 1_000_000))
                        .orElse(d.maxPreparedStatements()),
                f.optional("roles").map(this::roleTimes).orElse(Map.of()));
    }

    private static final Duration TENTH = Duration.ofMillis(100);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTES_5 = Duration.ofMinutes(5);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration TEN_YEARS = Duration.ofDays(3_650);

    private Login login(Fields f) {
        var d = Login.DEFAULTS;
        return new Login(
                f.optional("failuresBeforeDelay")
                        .map(v -> v.integer(1, 1_000))
                        .orElse(d.failuresBeforeDelay()),
                f.optional("lockFor").map(v -> v.duration(SECOND, DAY)).orElse(d.lockFor()),
                f.optional("forgetAfter")
                        .map(v -> v.duration(SECOND, WEEK))
                        .orElse(d.forgetAfter()));
    }

    private State state(Value v) {
        return v.fields(
                "'state'",
                f -> {
                    var dir = f.optional("dir").map(d -> Places.absolute(places.path(d)));
                    var postgres = f.optional("postgres").map(this::statePostgres);
                    if (dir.isPresent() == postgres.isPresent())
                        problems.report(
                                f.at(),
                                "'state' needs either 'dir', a folder of this machine, or"
                                        + " 'postgres', a database that gateways share");
                    StatePlace place =
                            postgres.isPresent()
                                    ? postgres.get()
                                    : new StateFolder(dir.orElse(Path.of("state")));
                    var key =
                            f.optional("key")
                                    .map(k -> Places.absolute(places.path(k)))
                                    .orElseGet(() ->
                                            dir.map(d -> d.resolveSibling(d.getFileName() + ".key"))
                                                    .orElseGet(() ->
                                                            Places.absolute(file)
                                                                    .resolveSibling("state.key")));
                    return new State(
                            place,
                            key,
                            f.optional("codeInPassword").map(Value::yesOrNo).orElse(true),
                            f.optional("dormantAfter").map(d -> d.duration(DAY, TEN_YEARS)),
                            f.optional("oidc")
                                    .map(o -> o.fields("'oidc'", new OidcReader(places)::read)));
                });
    }

    private StatePostgres statePostgres(Value v) {
        return v.fields(
                "'postgres'",
                f -> {
                    var host = host(f.require("host"));
                    return new StatePostgres(
                            host,
                            f.require("port").integer(1, 65_535),
                            f.require("database").text(),
                            upstreamTls(f, host),
                            role(f.require("user")),
                            places.secret(f.require("password")));
                });
    }

    private Map<String, RoleTimes> roleTimes(Value v) {
        var times = new HashMap<String, RoleTimes>();
        for (var item : v.items())
            item.fields(
                    "a role's times",
                    f -> {
                        var role = f.require("role").located(Value::text);
                        var idle = f.optional("idle").map(d -> d.duration(SECOND, DAY));
                        var maxAge = f.optional("maxAge").map(d -> d.duration(SECOND, WEEK));
                        if (idle.isEmpty() && maxAge.isEmpty())
                            problems.report(f.at(), "a role's times need 'idle' or 'maxAge'");
                        if (times.put(role.value(), new RoleTimes(idle, maxAge)) != null)
                            problems.report(
                                    role.at(), "the role '" + role.value() + "' is here already");
                        return role;
                    });
        return times;
    }

    private Masks masks(Fields f) {
        return new Masks(f.optional("hashKey").map(places::secret));
    }

    private Admin admin(Fields f) {
        var d = Admin.DEFAULTS;
        var host = f.optional("host").map(this::host).orElse(d.host());
        if (!host.isEmpty() && !Places.isLoopback(host))
            problems.report(
                    f.keyAt("host"),
                    "health and metrics are served on loopback only, and "
                            + host
                            + " is no loopback address");
        return new Admin(host, f.optional("port").map(v -> v.integer(0, 65_535)).orElse(d.port()));
    }

    /// @param key empty: not compared
    private <T> void noneTwice(List<Located<T>> items, Function<T, String> key, String what) {
        var seen = new HashMap<String, Position>();
        for (var item : items) {
            var name = key.apply(item.value());
            var before = name.isEmpty() ? null : seen.putIfAbsent(name, item.at());
            if (before != null)
                problems.report(
                        item.at(),
                        "there is a " + what + " " + name + " already, in line " + before.line());
        }
    }

    private Protocol protocol(Value v) {
        return v.oneOf(Protocol.class, Protocol::word);
    }

    private String host(Value v) {
        return v.matching(HOST, "a host name or an IP address without brackets");
    }

    private String role(Value v) {
        return v.matching(ROLE, "a database role's name, up to 63 characters");
    }
}
