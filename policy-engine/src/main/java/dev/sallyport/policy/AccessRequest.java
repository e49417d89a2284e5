package dev.sallyport.policy;

import dev.sallyport.sql.access.Footprint;

/// The one question the policy answers: may this subject do this, on this database, now?
///
/// @param database the policy's name for the upstream database, as in `database: clinic`
public record AccessRequest(
        Subject subject, String database, Footprint footprint, Circumstances circumstances) {}
