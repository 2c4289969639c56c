import { lifecycle } from '../../compile/lifecycle.ts'
import { type HasNode, memoryAt, type Slots, type Subject } from '../../compile/scope.ts'
import { define } from '../../define.ts'
import { said } from '../../border/ranges.ts'
import { isLate } from '../../border/shape.ts'
import type { Frame, StandardSchema, ToolCall } from '../../types.ts'
import type { AgentCall } from './calls.ts'
import { type Called, calledIn, callOf, substanceOf } from './memory.ts'

/**
 * What a person says to a call of a tool. `id` is the call's: give it wherever a click could come late, because
 * without one it goes to whatever is asked now. `path` is that of the agent, where several of them ask. `reason` is for
 * the model to read.
 */
export type ApprovalEvent =
  | { type: 'APPROVE'; path?: string; id?: string }
  | { type: 'REJECT'; path?: string; id?: string; reason?: string }

/** Which calls wait for a person's word: those of these tools, or those for which it holds. */
export type Asks = readonly string[] | ((call: AgentCall) => boolean)

/** Which calls of the model ask. */
export type Asking = {
  /** Whether calls of this tool may ask at all. */
  mayAsk(tool: string): boolean
  mustAsk(call: AgentCall): boolean
}

/** What of an agent asks; says which names are no tools. */
export function asking(owner: string, asks: Asks = [], tools: ReadonlyMap<string, object>): Asking {
  if (typeof asks !== 'function' && !(Array.isArray(asks) && asks.every((name) => typeof name === 'string'))) {
    throw new TypeError(`${owner}: approve is ${said(asks)}. Give an array of tool names, or (call) => boolean.`)
  }
  if (typeof asks === 'function') return { mayAsk: () => true, mustAsk: (call) => holds(asks, call) }
  const unknown = asks.find((name) => !tools.has(name))
  if (unknown !== undefined) {
    const known = [...tools.keys()].join(', ')
    throw new TypeError(`${owner}: approve names ${unknown}, which is not a tool. The tools are ${known}.`)
  }
  const names = new Set(asks)
  return { mayAsk: (tool) => names.has(tool), mustAsk: ({ name }) => names.has(name) }
}

/** What gives no plain answer (it throws, or is asynchronous) asks. */
function holds(predicate: (call: AgentCall) => unknown, call: AgentCall): boolean {
  try {
    const answer = predicate(call)
    return isLate(answer) || Boolean(answer)
  } catch {
    return true
  }
}

/** Waits for a person's word on one call, which is its input. */
export function approve(): HasNode {
  const events = { APPROVE: texts('id'), REJECT: texts('id', 'reason') }
  return define({
    kind: 'receive',
    name: 'approve',
    facts: { events },
    policy: { tags: ['waiting'], meta: { events: { APPROVE: form('id'), REJECT: form('id', 'reason') } } },
    compile: (scope) =>
      lifecycle(scope, {
        leaf: true,
        waits: true,
        running: (life) => life.awaits(events, subjectAt(scope.path)),
      }),
  })
}

/** A word that names a call is for that call alone; the agent around knows which were judged. */
function subjectAt(path: string): Subject {
  const owner = path.slice(0, path.lastIndexOf('.'))
  const judged = (id: string, slots: Slots) => callOf(calledIn(memoryAt(slots, owner)), id)?.said
  const asked = (frame: Frame | undefined) => frame?.input as AgentCall | undefined
  return {
    owner,
    about: ({ id }: { id?: unknown }, frame, slots) => {
      if (typeof id !== 'string') return undefined
      if (judged(id, slots)) return 'before'
      return asked(frame)?.id === id ? 'now' : 'unknown'
    },
    objection: ({ id }: { id?: unknown }, frame, slots) => {
      const call = asked(frame)
      const now = call && `${path} waits for a decision on ${call.id} (${call.name}) now`
      const said = judged(String(id), slots)
      if (!said)
        return now ? `${now}, not on ${String(id)}.` : `${path} does not wait for a decision on ${String(id)} now.`
      return `The call ${String(id)} of ${owner} has already been ${said}, and a call is decided once. ${now ? `${now}.` : `No call is waiting there now.`}`
    },
  }
}

/** A word of a person, as it is kept. */
export const wordOf = (
  { type, reason }: { type: string; reason?: string },
  call: ToolCall | undefined,
): Omit<Called, 'id'> =>
  type === 'APPROVE'
    ? { said: 'approved', ...(call && { of: substanceOf(call) }) }
    : { said: 'rejected', ...(reason !== undefined && { reason }) }

const form = (...fields: string[]) => ({
  type: 'object',
  properties: Object.fromEntries(fields.map((field) => [field, { type: 'string' }])),
})

/**
 * An object of these fields, each a text where it is given. What else a word might mean (other calls, other arguments) is
 * not understood, and must not be taken for a plain yes.
 */
const texts = (...fields: string[]): StandardSchema & { '~standard': { jsonSchema: object } } => ({
  '~standard': {
    version: 1,
    vendor: 'tinyllm',
    jsonSchema: { input: () => form(...fields), output: () => form(...fields) },
    validate: (value) => {
      const given = value as Record<string, unknown>
      const wrong = fields.filter((field) => given[field] !== undefined && typeof given[field] !== 'string')
      const unknown = Object.keys(given).filter((field) => !fields.includes(field) && given[field] !== undefined)
      const issues = [
        ...wrong.map((field) => ({ message: 'expected a string', path: [field] })),
        ...unknown.map((field) => ({
          message: `is not a known field; the fields are ${fields.join(', ')}`,
          path: [field],
        })),
      ]
      return issues.length > 0 ? { issues } : { value }
    },
  },
})
