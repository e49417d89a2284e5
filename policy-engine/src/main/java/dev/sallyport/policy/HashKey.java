package dev.sallyport.policy;

/// Where a statement that the gateway sends finds the key of {@link Mask.Hash}: in two settings of
/// the server's session, which the gateway gives in its StartupMessage (its `options`). So the key
/// is in no statement, no log of statements and no `pg_stat_activity`, RESET ALL and DISCARD ALL
/// keep it, and nobody's statement may name the settings: the policy refuses that whatever is
/// granted.
///
/// Each setting holds 64 bytes in hex: the key XORed with HMAC's inner and outer pad (RFC 2104), so
/// that the server's own `sha256` is enough:
///
/// ```sql
/// encode(sha256(decode(current_setting('sallyport.hash_outer'), 'hex')
///   || sha256(decode(current_setting('sallyport.hash_inner'), 'hex') || convert_to(x::text, 'UTF8'))), 'hex')
/// ```
///
/// (with each function and type qualified by `pg_catalog`).
public final class HashKey {
    /// Settings of the gateway's own: statements of clients may neither read nor change them.
    public static final String RESERVED_PREFIX = "sallyport.";

    public static final String OUTER_SETTING = "sallyport.hash_outer";
    public static final String INNER_SETTING = "sallyport.hash_inner";

    private HashKey() {}
}
