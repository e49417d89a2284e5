/// "What does this touch?", asked without a session: statements in, one JSON answer a line out.
///
/// {@link dev.sallyport.app.analyze.Analyze} is the entry point: it reads the stream, has each
/// statement analysed by an {@link dev.sallyport.app.analyze.Analyst}, with a catalog or without,
/// and writes {@link dev.sallyport.app.analyze.Answer}s. It holds one statement at a time. One
/// thread. `docs/analyze.md` describes the answers.
@NullMarked
package dev.sallyport.app.analyze;

import org.jspecify.annotations.NullMarked;
