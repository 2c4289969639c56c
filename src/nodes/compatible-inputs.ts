import type { Certainly, InputOf } from '../types.ts'
import type { Answers, Mistake, Needs, Proper } from './slot.ts'

/** What the compiler shows at a child that cannot have the same input as another. */
export interface InputConflict<Message extends string, Details> {
  readonly '~error': [Message, Details]
}

/** The annotated input of a plain function; `unknown` without an annotation. */
export type Seen<F> = [F] extends [(input: infer I) => unknown] ? (0 extends I & 1 ? unknown : I) : unknown

/** Intersected with a list that begins with a spread, so that `[...list, last]` is inferred as a tuple. */
export type Spread<C> = C extends readonly [unknown, ...unknown[]]
  ? unknown
  : C extends readonly [...unknown[], unknown]
    ? { readonly 0?: unknown }
    : unknown

type Primitive = string | number | bigint | boolean | symbol | null | undefined
/** The depth to which properties are compared. */
type Deeper = { 3: 2; 2: 1; 1: 0; 0: 0 }

/** Whether a value can be both: of unions, whether any two members can. */
export type Together<A, B, Depth extends keyof Deeper = 3> = [A] extends [B]
  ? true
  : [B] extends [A]
    ? true
    : true extends (A extends unknown ? (B extends unknown ? Pair<A, B, Depth> : never) : never)
      ? true
      : false
type Pair<A, B, Depth extends keyof Deeper> = [A] extends [B]
  ? true
  : [B] extends [A]
    ? true
    : [A & B] extends [never]
      ? false
      : [A] extends [Primitive]
        ? false
        : [B] extends [Primitive]
          ? false
          : A extends readonly unknown[]
            ? HasKeys<A, B>
            : B extends readonly unknown[]
              ? HasKeys<B, A>
              : Depth extends 0
                ? true
                : false extends { [K in keyof A & keyof B]: Together<A[K], B[K], Deeper[Depth]> }[keyof A & keyof B]
                  ? false
                  : true
/** A list is compatible with an object type only if every list has its keys. */
type HasKeys<List, B> = [Exclude<keyof B, keyof List>] extends [never] ? true : false

/** The keys of the children whose input is incompatible with that of the child `K`. */
type Opponents<C, K, Except> = {
  [J in keyof C]-?: J extends K | Except ? never : Together<Needs<C[J]>, Needs<C[K & keyof C]>> extends true ? never : J
}[Keys<C>]

type Shown<C, K> = K extends string | number ? (C extends readonly unknown[] ? `children[${K}]` : `'${K}'`) : 'a child'

/** The child itself, or an error at its position if its input is incompatible with `I`. */
export type Fits<F, I, Message extends string, A extends Answers> = Certainly<
  Together<I, Needs<F>> extends true ? A['yes'] : A['no'],
  A['no'],
  InputConflict<Message, { input: I; expected: InputOf<F> }>,
  F
>

/** Children that must have compatible inputs; an incompatible one, or a value that is not a child, is an error at its position. */
export type Agreeing<C, Except = never, A extends Answers = Answers> = {
  readonly [K in keyof C]: Proper<C[K], [K] extends [Except] ? C[K] : Agreed<C, K, C[K], A, Except>, A>
}
export type Agreed<C, K, Right, A extends Answers, Except = never> = Against<C, K, Opponents<C, K, Except>, Right, A>
type Against<C, K, Others, Right, A extends Answers> = Certainly<
  [Others] extends [never] ? A['yes'] : A['no'],
  A['no'],
  InputConflict<
    `${Shown<C, K>} and ${Shown<C, Others>} cannot have the same input`,
    { [P in K | Others as P & PropertyKey]: InputOf<C[P & keyof C]> }
  >,
  Right
>
type Keys<C> = keyof C & (C extends readonly unknown[] ? number : unknown)

/** An error for a function that must be synchronous and returns a promise. */
export type AtOnce<R, A extends Answers> = Certainly<
  0 extends R & 1 ? A['no'] : R extends PromiseLike<unknown> ? A['yes'] : never,
  A['yes'],
  Mistake<'it must return at once: do what takes time before it'>,
  unknown
>
