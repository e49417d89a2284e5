package dev.sallyport.postgres.session;

/// Where the client's side of the conversation stands, that is: what its next message may be and
/// what a server would make of it.
///
/// ```
///              Parse, Bind, Describe, Execute, Flush
///    Between ──────────────────────────────────────────────▶ InBatch
///       ▲ ◀──────────────── Query, Sync ────────────────────  │
///       │                                                     │ error of the server's, denial
///       ├────────────────────── Sync ──── Skipping ◀──────────┤
///       │                                                     │
///       └──── end of COPY ── CopyingIn ◀── CopyInResponse ────┘ (also from Between)
///
///    any ── Terminate, end of the session ──▶ Ended
/// ```
sealed interface FrontendState {
    FrontendState BETWEEN = new Between();
    FrontendState IN_BATCH = new InBatch();
    FrontendState SKIPPING = new Skipping();
    FrontendState ENDED = new Ended();

    /// The last message was a Query, a Sync, or a Close after one of them: no implicit transaction
    /// is open that a Sync would end.
    record Between() implements FrontendState {}

    /// Messages of the extended protocol went upstream since the last Sync: there may be an
    /// implicit transaction.
    record InBatch() implements FrontendState {}

    /// Something failed in a batch: server and gateway ignore all until Sync.
    record Skipping() implements FrontendState {}

    /// The server reads CopyData.
    ///
    /// @param then where it goes on after the COPY
    /// @param syncIgnored the client sent a Sync and no copy message after it. A server in COPY
    ///   ignores it, so it isn't forwarded; should the COPY have failed before, the server would
    ///   have answered it.
    record CopyingIn(FrontendState then, boolean syncIgnored) implements FrontendState {}

    /// The client said goodbye or the session is over.
    record Ended() implements FrontendState {}
}
