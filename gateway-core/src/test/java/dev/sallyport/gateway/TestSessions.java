package dev.sallyport.gateway;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.Protocol;
import dev.sallyport.config.Secret;
import dev.sallyport.config.UsersFile;
import dev.sallyport.gateway.admin.GatewayMetrics;
import dev.sallyport.gateway.identity.Authenticator;
import dev.sallyport.gateway.identity.LoggedIn;
import dev.sallyport.gateway.identity.Users;
import dev.sallyport.policy.PolicyDecisionPoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

/// Sessions as a protocol would open them, with a real registry, authenticator and log.
final class TestSessions {
    static final GatewayConfig.Database DATABASE =
            new GatewayConfig.Database(
                    "clinic",
                    Protocol.POSTGRES,
                    "127.0.0.1",
                    5432,
                    "clinic",
                    "app",
                    new Secret.InEnvironment("NONE"),
                    new GatewayConfig.UpstreamTls(GatewayConfig.TlsMode.DISABLE, Optional.empty()),
                    new GatewayConfig.CatalogReader(
                            "reader", new Secret.InEnvironment("NONE"), Duration.ofSeconds(30)));

    final GatewayMetrics metrics = new GatewayMetrics();
    final AnalysisCache cache = new AnalysisCache(1 << 20);
    final CatalogService catalog = new CatalogService(DATABASE, cache::clear);
    final AtomicReference<PolicyDecisionPoint> policies;
    final Users users;
    final DecisionLog decisions;
    final SessionRegistry registry;
    final Authenticator authenticator;

    /// What a session's connections were told to do.
    static final class Connection implements SessionConnection {
        final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        public void end(Denial reason, String cause) {
            told.add("end " + reason.sqlState() + ": " + cause);
        }

        @Override
        public void endWhenIdle(Denial reason, String cause) {
            told.add("end when idle " + reason.sqlState() + ": " + cause);
        }

        @Override
        public void cancelUpstream() {
            told.add("cancel");
        }
    }

    TestSessions(TestLog test, GatewayConfig.Sessions limits, UsersFile people) {
        this(test, limits, people, TestPolicies.ROLES);
    }

    /// @param policy a policy file's text
    TestSessions(TestLog test, GatewayConfig.Sessions limits, UsersFile people, String policy) {
        policies = new AtomicReference<>(TestPolicies.of(policy, people));
        users = new Users(people);
        decisions = new DecisionLog(test.log, metrics);
        registry =
                new SessionRegistry(
                        "gw",
                        limits,
                        test.log,
                        decisions,
                        metrics,
                        cache,
                        Map.of("clinic", catalog),
                        users::subject,
                        policies::get);
        authenticator = new Authenticator(users, GatewayConfig.Login.DEFAULTS, test.log, metrics);
    }

    LoggedIn logIn(String user) {
        var admission = registry.admit();
        if (admission == null) throw new AssertionError("not admitted");
        try (admission) {
            var client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);
            var start = authenticator.begin(admission.sessionId(), user, client, "listener");
            var attempt = ((Authenticator.Challenge) start).attempt();
            return ((Authenticator.Accepted) attempt.succeeded("scram-sha-256", "")).login();
        }
    }

    SessionRegistry.Opening tryOpen(String user, Connection connection, Executor loop) {
        return registry.open(
                new NewSession(
                        logIn(user), DATABASE, "test", DeclaredPurpose.NONE, 4, loop, connection));
    }

    Session open(String user, Connection connection) {
        return ((SessionRegistry.Opened) tryOpen(user, connection, Runnable::run)).session();
    }
}
