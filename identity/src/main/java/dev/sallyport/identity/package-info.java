/// The state of people and access: who has an account, how they prove that it's them, and what they
/// were given for a time. {@link dev.sallyport.identity.StateStore} is the entry point: readers
/// take an immutable {@link dev.sallyport.identity.State}, changes go through {@link
/// dev.sallyport.identity.StateStore#change}, one at a time, each in the audit log before it
/// counts.
///
/// What is kept are {@link dev.sallyport.identity.Item}s. A new sort of them is a record and a
/// {@link dev.sallyport.identity.Kind}; the store needs to know no more.
@NullMarked
package dev.sallyport.identity;

import org.jspecify.annotations.NullMarked;
