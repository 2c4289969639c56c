/**
 * The checks of composites refuse what is certainly wrong, so that functions over type parameters compile: of those
 * TypeScript puts off most questions, and nothing fits the type of a question that was put off.
 */

/** Whether every `A` is a `B`; put off where type parameters leave it open. */
// As properties, since TypeScript puts off every question about a bare type parameter.
export type IsA<A, B, Yes, No> = { readonly '~': A } extends { readonly '~': B } ? Yes : No

/** Whether this is the answer to a question; one that was put off has none, so it is not. Never put off itself. */
export type Certainly<Question, Answer, Then, Else> =
  (<X>() => X extends [Question] ? 1 : 2) extends <X>() => X extends [Answer] ? 1 : 2 ? Then : Else
