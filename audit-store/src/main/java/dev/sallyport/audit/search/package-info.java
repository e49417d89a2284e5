/// Asking the log: {@link dev.sallyport.audit.search.LogSearch} is the entry point for `sallyport
/// audit tail` and `search`; {@link dev.sallyport.audit.search.LogReader} streams entries, also
/// while the writer runs; {@link dev.sallyport.audit.search.EntryText} words them for people.
@NullMarked
package dev.sallyport.audit.search;

import org.jspecify.annotations.NullMarked;
