import type { AnyFn, Certainly, Child, InputOf, IsA, Returned, RunContext, StandardSchema } from '../types.ts'

/**
 * What the answers are held against. Every type that asks takes them as a parameter, down from the one in a signature:
 * with the literals themselves TypeScript would answer once and for all, where the type is declared.
 */
export interface Answers {
  readonly yes: 1
  readonly no: 0
  readonly name: 'name'
  readonly plain: 'plain'
  readonly slot: Slot
  readonly unannotated: AnnotateTheParameter
}

/** What the compiler shows at something that is wrong whatever stands beside it. */
export interface Mistake<Message extends string> {
  readonly '~error': Message
}

/**
 * What stands where a child must stand: anything, so that what is no function is an error at its own place. The first
 * two say what an inline function is told of its parameters, and which literals of its result are kept.
 */
// Not `unknown`, nor the same in other words: that is what a compiler infers before it has looked at an inline function.
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
 * A parameter without a type, where none can be inferred. Most of what is done with it compiles, so that the error is at
 * the function; what does not compile shows this name.
 */
// A number, so that `x + 1` compiles as well.
export type AnnotateTheParameter = number & Unknown
interface Unknown {
  // oxlint-disable-next-line typescript/no-explicit-any -- of `unknown` every use is an error of its own
  readonly [key: string]: any
  [Symbol.iterator](): Iterator<Unknown[string]>
}

/** A child as it should be: a function whose parameter has a type. Else the reason why it is none. */
// Of the slot itself, which stands there while an inline function is looked at, nothing is asked.
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

/** What a child takes; of one whose parameter has no type nothing more is said. */
export type Needs<F> = [ParameterOf<F>] extends [AnnotateTheParameter] ? never : InputOf<F>

/**
 * Where children are inferred: `C` as a whole, and `R` of what they return, so that the compiler looks at what an inline
 * function returns while it infers, with the bound of `Slot`. Asks for nothing: beside it stands what each child must be,
 * without the child itself, so that a message is of what is wrong alone.
 */
// `Unset` is a parameter of the factory into which nothing is read, so that it is known once all others are.
export type Infer<C, R, Unset> = [Unset] extends [never]
  ? unknown
  : C & (Returning<R> | readonly Returning<R>[] | { readonly [key: string]: Returning<R> })
type Returning<R> = (input: never, ctx: RunContext) => R | Promise<R>

/** Reads what is given into `A`, and asks for nothing: an object in place is still held against what stands beside it. */
// `Unset` as above.
export type InferInto<A, Unset> = [Unset] extends [never] ? unknown : A
