package dev.sallyport.postgres.session;

import dev.sallyport.gateway.LongAnalysis;
import dev.sallyport.postgres.session.Frontend.Frame;
import java.util.List;

/// Why the client's messages wait. While one is on hold none behind it is looked at; the client is
/// read until a bounded amount has come, then no more.
sealed interface Hold {

    /// The message can change something: it goes upstream when its intent is on disk.
    ///
    /// @param awaited the replies that will be expected once it has gone
    record UntilDurable(Frame frame, List<Awaited> awaited) implements Hold {}

    /// The guard has to ask the server first, and that has to wait until everything sent before is
    /// answered. Then the guard is asked again.
    record UntilAtRest(Frame frame) implements Hold {}

    /// The guard's question is with the server. Then the guard is asked again.
    record UntilTruth(Frame frame) implements Hold {}

    /// Its text is long, and analysed on another thread. Then the guard is asked again.
    record UntilAnalysed(Frame frame, LongAnalysis analysis) implements Hold {}

    /// A COPY FROM STDIN went upstream: what the messages behind it mean (above all Sync, which a
    /// server ignores during COPY) depends on whether the server goes into COPY.
    record UntilCopyAnswered() implements Hold {}

    /// A statement whose result is limited went upstream: if it comes to the limit, it must fail
    /// before anything behind it does something.
    record UntilAnswered() implements Hold {}

    /// A cancel is on its way to the server; a statement sent now might be the one it hits.
    record UntilCancelled(Frame frame) implements Hold {}
}
