/**
 * The checks of composites reject only what is certainly wrong, so that generic functions compile: TypeScript defers most
 * conditional types over type parameters, and no value is assignable to a deferred conditional type.
 */

/** Whether `A` is assignable to `B`; deferred where that depends on type parameters. */
// As properties, since TypeScript defers every conditional type on a naked type parameter.
export type IsA<A, B, Yes, No> = { readonly '~': A } extends { readonly '~': B } ? Yes : No

/** Whether `Question` resolves to `Answer`; a deferred one does not. Never deferred itself. */
export type Certainly<Question, Answer, Then, Else> =
  (<X>() => X extends [Question] ? 1 : 2) extends <X>() => X extends [Answer] ? 1 : 2 ? Then : Else
