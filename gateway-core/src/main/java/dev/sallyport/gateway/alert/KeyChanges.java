package dev.sallyport.gateway.alert;

import java.util.List;
import java.util.Map;

/// Another key signs the log's checkpoints.
final class KeyChanges implements Detector {
    @Override
    public List<Finding> see(Happened happened) {
        if (!happened.isType("log-key") || happened.entry().text("previousKey").isEmpty())
            return List.of();
        return List.of(
                Finding.of(
                        "",
                        "another key signs the audit log",
                        Map.of("key", happened.entry().text("key"))));
    }

    @Override
    public Map<String, Object> state() {
        return Map.of();
    }

    @Override
    public void restore(Map<?, ?> state) {}
}
