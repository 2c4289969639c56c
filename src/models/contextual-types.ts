import type { Messages } from '../types.ts'

/**
 * Contextual return types of a model function. The compiler widens a literal unless its contextual type contains
 * literals, so these decide which literals keep their type: with an `output` schema all, otherwise those of messages.
 * They do not check anything.
 */
// `AnyValue` lets `new Promise((resolve) => …)` resolve to anything. The second half is for synchronous functions: it has a
// `then`, because an async function's literal keeps its type only if every member of the union has one.
type ContextualReturn<T> = Promise<T | AnyValue> | (T & PromiseLike<T | AnyValue>)
export type ContextualMessages = ContextualReturn<Messages>
export type ContextualLiterals = ContextualReturn<Literal>
/** The same where the type of the schema is known. */
export type ContextualReturnOf<T> = Promise<T> | (T & PromiseLike<T>)

// Classes, because the compiler reduces a union of interfaces when one is a subtype of another.
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
