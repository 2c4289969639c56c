import type { AnyFn, Certainly, Child, InputOf, IsA, Returned, RunContext, StandardSchema } from '../types.ts'

/**
 * The literals that conditions are compared with. Each type with a condition takes them as a parameter, passed down from
 * the signature: with the literals themselves TypeScript would resolve the condition where the type is declared.
 */
export interface Answers {
  readonly yes: 1
  readonly no: 0
  readonly name: 'name'
  readonly plain: 'plain'
  readonly slot: Slot
  readonly unannotated: AnnotateTheParameter
}

/** What the compiler shows at a value that is wrong in any context. */
export interface Mistake<Message extends string> {
  readonly '~error': Message
}

/**
 * The bound of a child: any type, so that a value that is not a function is an error at its own position. The first two
 * members are the contextual type of an inline function: of its parameters, and of the literals in its result.
 */
// Not `unknown`, nor an equivalent: that is what TypeScript infers before it has checked an inline function.
export type Slot =
  | AnyFn
  | ((input: AnnotateTheParameter, ctx: RunContext) => Returned | Promise<Returned>)
  | object
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined

/**
 * A parameter without a type, where none can be inferred. Most uses of it compile, so that the error is at the function;
 * a use that does not compile shows this name.
 */
// A number, so that `x + 1` compiles as well.
export type AnnotateTheParameter = number & Unknown
interface Unknown {
  // oxlint-disable-next-line typescript/no-explicit-any -- of `unknown` every use is an error of its own
  readonly [key: string]: any
  [Symbol.iterator](): Iterator<Unknown[string]>
}

/** A valid child: a function whose parameter has a type. Else an error with the reason. */
// `Slot` itself, the type while an inline function is being checked, is accepted.
export type Proper<F, Right, A extends Answers = Answers> = Certainly<
  ParameterOf<F>,
  A['unannotated'],
  Mistake<'annotate the parameter, or use flow'>,
  Certainly<
    IsA<F, Child, A['yes'], A['no']>,
    A['no'],
    Certainly<F | null | undefined, A['slot'], F, Mistake<NotAFunction<F>>>,
    Right
  >
>
type ParameterOf<F> = F extends (input: infer I, ...rest: never) => unknown ? I : unknown
type NotAFunction<F> = [F] extends [StandardSchema]
  ? 'a schema is not a function: use validator(schema)'
  : [F] extends [PromiseLike<unknown>]
    ? 'a promise is not a function: await it'
    : [F] extends [(...args: never) => unknown]
      ? 'the second argument is the context of the run: use (input) => f(input)'
      : [Extract<F, Child>] extends [never]
        ? 'not a function: give the result of fn() or another factory, or a plain function'
        : 'not always a function: give pass() for none, or use flow and its when'

/** The input of a child; `never` if its parameter has no type, so that no other error is reported. */
export type Needs<F> = [ParameterOf<F>] extends [AnnotateTheParameter] ? never : InputOf<F>

/**
 * The inference site of children: `C` from the whole, and `R` from their results, so that TypeScript checks the result of
 * an inline function during inference, with the bound of `Slot`. It constrains nothing: it is intersected with the types
 * that check each child, so that a message shows only the error.
 */
// `Unset` is a type parameter of the factory that is never inferred, so that it is fixed after all others.
export type Infer<C, R, Unset> = [Unset] extends [never]
  ? unknown
  : C & (Returning<R> | readonly Returning<R>[] | { readonly [key: string]: Returning<R> })
type Returning<R> = (input: never, ctx: RunContext) => R | Promise<R>

/** Infers `A`, and constrains nothing: an object literal is still checked against the type that it is intersected with. */
// `Unset` as above.
export type InferInto<A, Unset> = [Unset] extends [never] ? unknown : A
