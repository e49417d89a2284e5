/// The part of an entry that only auditors can read: to whom it is sealed ({@link
/// dev.sallyport.audit.sealed.Recipient}), how ({@link dev.sallyport.audit.sealed.PartKeys}), and
/// opening it again ({@link dev.sallyport.audit.sealed.PartOpener}). `docs/audit-format.md`,
/// *Sealed parts*, has the bytes.
@NullMarked
package dev.sallyport.audit.sealed;

import org.jspecify.annotations.NullMarked;
