import { lifecycle } from '../../compile/lifecycle.ts'
import type { HasNode } from '../../compile/scope.ts'
import { define } from '../../define.ts'
import type { Frame, StandardSchema } from '../../types.ts'
import type { AgentCall, Call } from './calls.ts'

/**
 * What a person says to a call of a tool. `id` is the call's: give it wherever a click could come late, because
 * without one it goes to whatever is asked now. `reason` is for the model to read.
 */
export type ApprovalEvent =
  | { type: 'APPROVE'; path?: string; id?: string }
  | { type: 'REJECT'; path?: string; id?: string; reason?: string }

/** Which calls wait for a person's word: those of these tools, or those for which it holds. */
export type Asks = readonly string[] | ((call: AgentCall) => boolean)

/** Whether a call asks; says which tools are none. */
export function asking(
  owner: string,
  asks: Asks = [],
  tools: ReadonlyMap<string, object>,
): (call: AgentCall) => boolean {
  if (typeof asks === 'function') return asks
  const unknown = asks.find((name) => !tools.has(name))
  if (unknown !== undefined) {
    const known = [...tools.keys()].join(', ')
    throw new TypeError(`${owner}: approve names ${unknown}, which is no tool. The tools are ${known}.`)
  }
  return ({ name }) => asks.includes(name)
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
        running: (life) => life.awaits(events, isOther),
      }),
  })
}

function isOther({ id: meant }: { id?: string }, { path, input }: Frame): string | undefined {
  const { id, name } = input as AgentCall
  if (meant === undefined || meant === id) return undefined
  return `${path} asks about ${id} (${name}) now, and not about ${meant}.`
}

/** The calls after a word on the first that asks. */
export function judge(calls: readonly Call[], { type, reason }: { type: string; reason?: string }): Call[] {
  const asked = calls.findIndex(({ asks }) => asks)
  return calls.map((call, place) => {
    if (place !== asked) return call
    const { asks: _, ...rest } = call
    if (type === 'APPROVE') return rest
    return { ...rest, problem: `A person rejected this call.${reason ? ` Their reason: ${reason}` : ''}` }
  })
}

const form = (...fields: string[]) => ({
  type: 'object',
  properties: Object.fromEntries(fields.map((field) => [field, { type: 'string' }])),
})

/** An object whose fields, where they are given, are texts. */
const texts = (...fields: string[]): StandardSchema => ({
  '~standard': {
    version: 1,
    vendor: 'tinyllm',
    validate: (value) => {
      const given = value as Record<string, unknown>
      const wrong = fields.filter((field) => given[field] !== undefined && typeof given[field] !== 'string')
      return wrong.length > 0
        ? { issues: wrong.map((field) => ({ message: 'expected a text', path: [field] })) }
        : { value }
    },
  },
})
