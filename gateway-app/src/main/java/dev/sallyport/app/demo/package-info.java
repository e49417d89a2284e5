/// A clinic that doesn't exist, a gateway in front of it, and people who may see different parts of
/// it. {@link dev.sallyport.app.demo.Demo} is the entry point; it blocks the thread that runs it.
@NullMarked
package dev.sallyport.app.demo;

import org.jspecify.annotations.NullMarked;
