/// Whose data a statement was about, without saying who: {@link
/// dev.sallyport.audit.subject.SubjectKey} makes a token of an identifier, which only who has the
/// key can make again, and {@link dev.sallyport.audit.subject.SubjectSearch} finds it.
@NullMarked
package dev.sallyport.audit.subject;

import org.jspecify.annotations.NullMarked;
