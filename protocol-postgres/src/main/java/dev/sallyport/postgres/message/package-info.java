/// PostgreSQL's wire messages as values: one record for each, named as the manual names it
/// (PostgreSQL manual, Message Formats), with its decoding and encoding side by side.
///
/// Two sealed families, one for each direction: {@link
/// dev.sallyport.postgres.message.FrontendMessage} (client to server) and {@link
/// dev.sallyport.postgres.message.BackendMessage}; the few messages that go both ways are in both.
/// Types are {@link dev.sallyport.postgres.message.FrontendType} and {@link
/// dev.sallyport.postgres.message.BackendType}, so that a `switch` over them is exhaustive.
///
/// Decoding is strict: every byte of the body must be accounted for, text must be valid in the
/// session's {@link dev.sallyport.postgres.message.ClientEncoding}; anything else is a {@link
/// dev.sallyport.postgres.message.ProtocolViolation}, never another exception. A decoder reads from
/// the body's reader index and neither retains nor releases the buffer. Values are immutable and
/// belong to no thread. What may hold SQL, rows or secrets shows none of it in `toString`.
///
/// Bodies that may be huge and are never looked into (Bind's parameter values, CopyData, DataRow on
/// its way to a client) aren't decoded: {@link dev.sallyport.postgres.codec} hands them on as
/// slices.
@NullMarked
package dev.sallyport.postgres.message;

import org.jspecify.annotations.NullMarked;
