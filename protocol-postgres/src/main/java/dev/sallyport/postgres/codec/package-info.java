/// Framing: from a stream of byte chunks to message headers and bodies, and to slices of bodies
/// nobody wants to read.
///
/// {@link dev.sallyport.postgres.codec.FrameReader} is the entry point, one for each direction of a
/// connection; {@link dev.sallyport.postgres.codec.FrameLimits} says how long a message of each
/// type may be, which is checked before anything of it is kept. All of it belongs to the
/// connection's event loop.
@NullMarked
package dev.sallyport.postgres.codec;

import org.jspecify.annotations.NullMarked;
