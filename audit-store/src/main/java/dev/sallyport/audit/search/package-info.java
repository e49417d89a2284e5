/// Asking the log. {@link dev.sallyport.audit.search.LogSearch} answers one question, with an index
/// that is kept where the reader wants it ({@link dev.sallyport.audit.search.LogIndex}: chunks of
/// bitmaps) or without; {@link dev.sallyport.audit.search.LogTail} shows the end and follows it;
/// {@link dev.sallyport.audit.search.LogReader} streams entries, also while the writer runs; {@link
/// dev.sallyport.audit.search.EntryText} words them for people.
@NullMarked
package dev.sallyport.audit.search;

import org.jspecify.annotations.NullMarked;
