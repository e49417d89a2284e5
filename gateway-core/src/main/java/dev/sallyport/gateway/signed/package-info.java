/// Policy sets that two people signed: {@link dev.sallyport.gateway.signed.SignedSet} is the file
/// with what was proposed and the signatures under it, {@link
/// dev.sallyport.gateway.signed.PolicySigning} says whether it may be in force. Files and keys are
/// read here, nothing of it by an event loop.
@NullMarked
package dev.sallyport.gateway.signed;

import org.jspecify.annotations.NullMarked;
