package dev.sallyport.gateway.identity;

import dev.sallyport.config.GatewayConfig;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Counts failed logins, per name and per address, known or not, and refuses further attempts for a
/// while when they are too many. Any thread.
final class LoginThrottle {
    /// Beyond it the longest untouched are forgotten.
    private static final int MAX_TRACKED = 20_000;

    /// An IPv6 client has at least a /64 to choose addresses from.
    private static final int IPV6_NETWORK_BYTES = 8;

    private final GatewayConfig.Login limits;
    private final LongSupplier nanoTime;
    private final Map<String, Failures> byName = tracked();
    private final Map<String, Failures> byAddress = tracked();

    private static final class Failures {
        int count;
        long lastNanos;
        boolean lockReported;
    }

    /// @param reportIt the first refusal since the lock began
    record Lock(long secondsLeft, boolean reportIt) {
        static final Lock NONE = new Lock(0, false);

        boolean holds() {
            return secondsLeft > 0;
        }
    }

    LoginThrottle(GatewayConfig.Login limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    synchronized Lock check(String name, InetAddress address) {
        var forName = check(byName.get(name));
        var forAddress = check(byAddress.get(key(address)));
        return new Lock(
                Math.max(forName.secondsLeft, forAddress.secondsLeft),
                forName.reportIt || forAddress.reportIt);
    }

    synchronized void failed(String name, InetAddress address) {
        count(byName.computeIfAbsent(name, _ -> new Failures()));
        count(byAddress.computeIfAbsent(key(address), _ -> new Failures()));
    }

    /// Only the name's count starts again: who has one good password could otherwise go on guessing
    /// others from the same address.
    synchronized void succeeded(String name) {
        byName.remove(name);
    }

    private Lock check(@Nullable Failures failures) {
        if (failures == null || failures.count < limits.failuresBeforeDelay()) return Lock.NONE;
        long left = failures.lastNanos + limits.lockFor().toNanos() - nanoTime.getAsLong();
        if (left <= 0) return Lock.NONE;
        boolean report = !failures.lockReported;
        failures.lockReported = true;
        return new Lock(Math.max(1, (left + 999_999_999L) / 1_000_000_000L), report);
    }

    private void count(Failures failures) {
        long now = nanoTime.getAsLong();
        if (now - failures.lastNanos > limits.forgetAfter().toNanos()) failures.count = 0;
        failures.count++;
        failures.lastNanos = now;
        failures.lockReported = false;
    }

    private static String key(InetAddress address) {
        var bytes = address.getAddress();
        int length = address instanceof Inet6Address ? IPV6_NETWORK_BYTES : bytes.length;
        return HexFormat.of().formatHex(bytes, 0, length);
    }

    private static Map<String, Failures> tracked() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
                return size() > MAX_TRACKED;
            }
        };
    }
}
