import type { EventsOf, NameOf, SchemaMissing } from '../../types.ts'
import type { Label } from '../chain.ts'
import type { Mistake } from '../slot.ts'
import type { AgentRound } from './types.ts'

/** A list of tools, or a function that returns one for each turn. */
export type ToolsOption = readonly object[] | ((round: AgentRound) => readonly object[])
/** The type of the list in either case. */
export type ListIn<T> = T extends (...args: never) => infer L ? Listed<L> : Listed<T>
type Listed<T> = T extends readonly unknown[] ? T : never

/**
 * An element that is not a tool, or has no description or schema, is a compile error at its position; a tool keeps its
 * type. A function with a hand-written type is accepted, and so are those of a server, in a list of unknown length.
 */
// The condition is for inference: a conditional list (`ready ? [weather] : []`) is inferred as it is.
export type Offered<T> = [Faults<ListIn<T>>] extends [never] ? T : Offers<T>
type Offers<T> = T extends (...args: never) => infer L
  ? (round: AgentRound) => Offers<L>
  : { readonly [K in keyof T]: Offer<T[K], Fault<T[K], K>> }
type Faults<T extends readonly unknown[]> = { [K in keyof T]: Fault<T[K], K> }[number]
type Offer<F, Message extends string> = [Message] extends [never] ? F : Mistake<Message>

// Distributes over a union: a member that is not a tool is not hidden by one that is.
type Fault<F, K> = F extends { run(...args: never): unknown }
  ? 0 extends EventsOf<F> & 1
    ? never
    : '~tool' extends keyof F
      ? F extends SchemaMissing
        ? `${Named<F>} has no input schema: the model is told its arguments by it`
        : never
      : number extends K
        ? string extends NameOf<F>
          ? never
          : Undescribed<F>
        : Undescribed<F>
  : 'this is not a tool: use fn({ name, description, input, run })'
type Undescribed<F> = `${Named<F>} has no description: the model is told of a tool by it`
type Named<F> = Label<NameOf<F>, 'this tool'>
