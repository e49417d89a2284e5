/// Who may do what. Pure: no I/O, no clock, no ASTs; sees footprints only. Immutable values, free
/// to share between threads.
///
/// {@link dev.sallyport.policy.PolicyCompiler} makes a {@link dev.sallyport.policy.PolicySet} of
/// the policy files, or says everything that is wrong with them; {@link
/// dev.sallyport.policy.PolicyDecisionPoint} is the one entry point for questions. Inside, rules
/// are indexed for each combination of roles ({@link dev.sallyport.policy.SubjectRules}), {@link
/// dev.sallyport.policy.Evaluation} judges each access of a footprint by them, and {@link
/// dev.sallyport.policy.Floor} holds what nobody needs a grant for. {@link
/// dev.sallyport.policy.PolicyDiff} and {@link dev.sallyport.policy.Wording} put it into words.
///
/// `docs/policy-language.md` is the language's reference.
@NullMarked
package dev.sallyport.policy;

import org.jspecify.annotations.NullMarked;
