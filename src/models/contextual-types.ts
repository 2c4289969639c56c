import type { Messages } from '../types.ts'

/**
 * What a compiler is told to expect of a function while it infers what that returns. It widens literals of which none is
 * expected, so this decides which stay as they are written: with a schema all, else those of messages. It is no check.
 */
// `Whatever` lets `new Promise((resolve) => …)` resolve to anything. The second half is for what is returned at once: it
// has a `then`, because the literal that an async function returns stays only where all that is expected has one.
type ContextualReturn<T> = Promise<T | AnyValue> | (T & PromiseLike<T | AnyValue>)
export type ContextualMessages = ContextualReturn<Messages>
export type ContextualLiterals = ContextualReturn<Literal>
/** The same where the schema is known already. */
export type ContextualReturnOf<T> = Promise<T> | (T & PromiseLike<T>)

// Classes, because in a union of what two functions return a compiler drops an interface that is narrower than another.
declare class ObjectLike {
  toString(): string
}
type AnyValue = ObjectLike | null | undefined | void
type Literal = '' | 0 | 0n | true | null | undefined | LiteralObject | LiteralTuple | Literal[]
declare class LiteralObject {
  readonly [key: string]: Literal
}
declare class LiteralTuple {
  readonly 0: Literal
}
