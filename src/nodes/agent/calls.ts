import { findForeign } from '../../border/saving.ts'
import { parseJson } from '../../models/json.ts'
import { attempt } from '../../border/shape.ts'
import type { ChatMessage, ToolCall } from '../../types.ts'
import type { Asking } from './approve.ts'
import { type Called, substanceOf } from './memory.ts'
import type { Tool } from './tools.ts'

/** A call of a tool, as a person or a predicate may judge it. */
export type AgentCall = { readonly id: string; readonly name: string; readonly input: unknown }

/** What becomes of a call: it runs, unless somebody must be asked first or there is something wrong with it. */
export type Call = AgentCall & {
  readonly asks?: boolean
  /** Why it does not run, for the model to read. */
  readonly problem?: string
  /** The tool's own schema is what refuses it; a schema may change while a run is saved. */
  readonly misfits?: boolean
  /** A person has changed its arguments. */
  readonly isChanged?: boolean
}

/** What a model said, whoever gave it. */
type Said = Extract<ChatMessage, { role: 'assistant' }>
/** Reads the calls of a message. */
export type ReadCalls = (message: Said, called: readonly Called[]) => Call[]

/**
 * What becomes of the calls of a message: the one place that decides which may run. It is asked anew wherever that
 * matters, because the message is the only place where calls are kept. `mustAsk` is asked once for each call (while the
 * process lives), and only about arguments that its tool takes.
 */
export function readingCalls(tools: ReadonlyMap<string, Tool>, { mayAsk, mustAsk }: Asking): ReadCalls {
  const asked = new WeakMap<object, Map<string, boolean>>()

  function asks(message: Said, call: ToolCall): boolean {
    const known = asked.get(message) ?? new Map<string, boolean>()
    asked.set(message, known)
    const key = JSON.stringify([call.id, call.function.name, call.function.arguments])
    const answer = known.get(key)
    if (answer !== undefined) return answer
    // Its own copy of the input: a predicate may change what it is given.
    const { id, name, input } = read(call, tools)
    const fresh = mustAsk({ id, name, input })
    known.set(key, fresh)
    return fresh
  }

  return (message, called) => {
    const words = new Map(called.map((one) => [one.id, one]))
    return callsOf(message).map((call) => {
      const { problem, ...plain } = read(call, tools)
      if (problem !== undefined) return { ...plain, problem }
      const { said, reason, of, ...word } = words.get(plain.id) ?? {}
      if (said === 'rejected') {
        return { ...plain, problem: `A person rejected this call.${reason ? ` Their reason: ${reason}` : ''}` }
      }
      if (said === 'approved' && of === substanceOf(call)) {
        return 'arguments' in word ? { ...plain, input: word.arguments, isChanged: true } : plain
      }
      const tool = tools.get(plain.name)
      if (!mayAsk(plain.name) && !tool?.isCoerced(plain.input)) return plain
      const misfit = tool?.misfit(plain.input)
      if (misfit !== undefined) return { ...plain, problem: `Error: ${misfit}`, misfits: true }
      return asks(message, call) ? { ...plain, asks: true } : plain
    })
  }
}

const callsOf = ({ tool_calls: calls }: Said): readonly ToolCall[] => calls ?? []

/** The message whose calls are under way: while they are, it is the last of the conversation. */
export function askingMessage(messages: readonly ChatMessage[]): Said {
  const last = messages.at(-1)
  return last?.role === 'assistant' ? last : { role: 'assistant', content: null }
}

function read({ id, function: { name, arguments: text } }: ToolCall, tools: ReadonlyMap<string, Tool>): Call {
  const tool = tools.get(name)
  if (!tool) {
    const known = [...tools.keys()].join(', ') || 'none'
    return { id, name, input: null, problem: `Error: there is no tool ${name}. The tools are: ${known}.` }
  }
  // Models write nothing at all for a tool without parameters.
  const input = attempt(() => ({ given: tool.inputOf(parseJson(text.trim() || '{}')) ?? null }))
  // JSON can say what cannot be saved (1e999, a key __proto__), and a run that waits for a person is saved.
  const found = input && findForeign(input.given, 'arguments')
  if (found) {
    const problem = `Error: the arguments hold ${found.what} at ${found.at}. Write them as plain JSON, and call again.`
    return { id, name, input: null, problem }
  }
  if (input) return { id, name, input: input.given }
  return { id, name, input: text, problem: 'Error: the arguments are not JSON. Write them as one JSON object.' }
}

export const runs = ({ asks, problem }: Call): boolean => !asks && problem === undefined
export const plainCall = ({ id, name, input }: Call): AgentCall => ({ id, name, input })
