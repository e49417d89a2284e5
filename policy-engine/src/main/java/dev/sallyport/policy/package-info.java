/// Who may do what: {@link dev.sallyport.policy.PolicySet} (validated rules) and {@link
/// dev.sallyport.policy.PolicyDecisionPoint} (the one entry point). Pure: no I/O, no clock, no
/// ASTs; sees footprints only.
@NullMarked
package dev.sallyport.policy;

import org.jspecify.annotations.NullMarked;
