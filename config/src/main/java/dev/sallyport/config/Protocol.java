package dev.sallyport.config;

import java.util.Locale;

/// A wire protocol that the gateway speaks.
public enum Protocol {
    POSTGRES,
    MYSQL;

    /// As written in the configuration.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
