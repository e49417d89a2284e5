package dev.sallyport.gateway.alert;

import java.util.List;
import java.util.Map;

/// Another policy is in force, or one was refused. What changed is in the entry: it may quote
/// conditions, and those are nobody else's business.
final class PolicyChanges implements Detector {
    private static final int VERSION_CHARS = 12;

    @Override
    public List<Finding> see(Happened happened) {
        var entry = happened.entry();
        if (happened.isType("policy-rejected"))
            return List.of(
                    Finding.of(
                            "",
                            "a changed policy has errors, the one before stays in force",
                            Map.of("errors", (long) entry.list("errors").size())));
        var version = entry.text("version");
        var previous = entry.text("previousVersion");
        if (!happened.isType("policy-loaded") || previous.isEmpty() || version.equals(previous))
            return List.of();
        return List.of(
                Finding.of(
                        "",
                        "policy %s replaces %s".formatted(shorten(version), shorten(previous)),
                        Map.of(
                                "version",
                                version,
                                "previousVersion",
                                previous,
                                "changes",
                                (long) entry.list("changes").size())));
    }

    private static String shorten(String version) {
        return version.substring(0, Math.min(version.length(), VERSION_CHARS));
    }

    @Override
    public Map<String, Object> state() {
        return Map.of();
    }

    @Override
    public void restore(Map<?, ?> state) {}
}
