import type { Frame } from '../types.ts'
import type { Part } from './definition.ts'
import { checked, instanceOf } from './values.ts'
import { textOf } from './text.ts'

/**
 * What takes an agent every way: its model answers, calls each of its tools and all of them at once, and calls one that
 * there is not; what it then reads is a message. Undefined for what is no part of an agent.
 */
export function agentValues(part: Part): unknown[] | undefined {
  const agent = part.parent
  if (agent?.node.kind !== 'agent') return undefined
  if (part.key === 'observe') return [[{ role: 'tool', tool_call_id: 'call', content: 'text' }]]
  if (part.key !== 'think') return undefined
  const tools = agent.children.find(({ key }) => key === 'act')?.children ?? []
  const calls = tools.map(callOf)
  const asks = agent.children.some(({ key }) => key === 'approve')
  // While one call is asked about, a word may be about another one.
  const pairs = asks
    ? tools.slice(0, MOST_PAIRED).map((tool) => [callOf(tool), { ...callOf(tool), id: `again-${tool.key}` }])
    : []
  const sets = [...calls.map((call) => [call]), ...pairs, ...(calls.length > 1 ? [calls] : []), [called('unknown', {})]]
  return [answerOf(agent), ...sets.map((set) => ({ role: 'assistant', content: null, tool_calls: set }))]
}

const MOST_PAIRED = 3

const called = (name: string, input: unknown) => ({
  id: `call-${name}`,
  type: 'function',
  function: { name, arguments: textOf(input) },
})

function callOf({ key, children: [each] }: Part): object {
  const { input } = each?.node ?? {}
  return called(key, (input && instanceOf(input)?.value) ?? {})
}

/** The last words: a text, as JSON where the agent wants data. */
function answerOf({ node: { output } }: Part): string {
  if (!output || 'value' in checked(output, 'text')) return 'text'
  const value = instanceOf(output)?.value
  return typeof value === 'string' ? value : textOf(value)
}

/** What a model said, for a scenario: the tools that it calls, or its words. */
export function callsIn(value: unknown): string | undefined {
  const { tool_calls: calls } = Object(value) as { tool_calls?: readonly { function?: { name?: string } }[] }
  return Array.isArray(calls) ? calls.map((call) => call.function?.name).join(' and ') : undefined
}

/**
 * What tells one moment of a conversation from another: how long it is, the calls that are under way, and what was said
 * to them. What was said before leads nowhere by itself.
 */
export function momentOf(messages: readonly unknown[], frames: readonly Frame[]): unknown {
  const { tool_calls: calls } = Object(messages.at(-1)) as {
    tool_calls?: readonly { id?: unknown; function?: unknown }[]
  }
  if (!Array.isArray(calls)) return messages.length
  const known = Object.values(frames[0]?.memory ?? {}).flat() as { id?: unknown; said?: unknown }[]
  return [messages.length, calls.map((call) => [call.function, known.find(({ id }) => id === call.id)?.said])]
}
