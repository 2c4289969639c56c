import type { Frame } from '../../../types.ts'
import { sampleValues } from '../sample-values.ts'
import type { Definition } from '../../../analysis/definition.ts'
import { outputConstraints, inputConstraints } from '../constraints.ts'
import { tryValidate } from '../../../analysis/schema/validate.ts'
import { findValid } from '../../../analysis/schema/find-value.ts'
import { lenientStringify } from '../../../analysis/stringify.ts'
import { isUnknownValue } from '../../../analysis/schema/unknown-value.ts'

/**
 * What the model of an agent may return: an answer, an answer that its schema rejects, a call of each tool, of several at
 * once, and of an unknown tool; after the result of a tool also an empty answer. `frame` is that of the agent.
 */
export function modelOutputs(agent: Definition, frame: Frame, afterTools: boolean): unknown[] {
  const act = agent.children.find(({ key }) => key === 'act')
  const tools = act?.children ?? []
  const endWith = act?.node.facts?.calling?.endWith ?? new Set()
  const calls = tools.map(callOf)
  const several = calls.length > 1 ? [calls.slice(0, MOST_CALLS)] : []
  const sets = [...calls.map((call) => [call]), ...several, [toolCall('unknown', {})]]
  const calling = (frame.isLast ? sets.slice(0, 1) : sets).map((set) => ({
    role: 'assistant',
    content: null,
    tool_calls: set,
  }))
  const empty = !frame.wasEmpty && afterTools ? [''] : []
  // An agent with `endWith` ends by a tool call, and not by a text.
  if (endWith.size > 0) {
    const final = calling.toSorted((a, b) => Number(isSingleCallOf(b, endWith)) - Number(isSingleCallOf(a, endWith)))
    return [...final, 'text', ...empty]
  }
  return [...answersOf(agent), ...calling, ...invalidAnswer(agent), ...empty]
}

/** The maximum number of calls at once: more lead to the same transitions. */
const MOST_CALLS = 3

const isSingleCallOf = (message: { tool_calls: readonly object[] }, names: ReadonlySet<string>): boolean =>
  message.tool_calls.length === 1 && names.has(toolNamesIn(message) ?? '')

/** What `beforeTurn` may return: nothing to change, or `stop`. */
export function beforeTurnOutputs(agent: Definition, own: Definition): unknown[] {
  const { output } = own.node
  const stop = { stop: { output: finalAnswer(agent) } }
  return [{}, stop].filter((value) => !output || 'value' in tryValidate(output, value))
}

const toolCall = (name: string, input: unknown) => ({
  id: `call-${name}`,
  type: 'function',
  function: { name, arguments: lenientStringify(input) },
})

function callOf(tool: Definition): object {
  const [input] = sampleValues(inputConstraints(tool))
  return toolCall(tool.key, input)
}

/** The answers that lead to different behaviour after the agent. */
function answersOf(agent: Definition): string[] {
  const constraints = outputConstraints(agent)
  const { output, facts } = agent.node
  const isDistinguished = !facts?.transcript && constraints.choices.length + constraints.partitions.length > 0
  const texts = isDistinguished
    ? sampleValues(constraints, output)
        .filter((value) => !isUnknownValue(value))
        .map(asText)
    : []
  return texts.length > 0 ? texts : [finalAnswer(agent)]
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : lenientStringify(value))

/** A valid answer: a text, or JSON where the output of the agent is data. */
export function finalAnswer({ node: { output } }: Definition): string {
  if (!output || 'value' in tryValidate(output, 'text')) return 'text'
  const value = findValid(output)?.value
  return asText(value)
}

/** A text that the output schema rejects, if there is one. */
const invalidAnswer = ({ node: { output } }: Definition): string[] =>
  output ? ['text', '{}', '[]', '-1'].filter((text) => 'issue' in tryValidate(output, text)).slice(0, 1) : []

/** The names of the tools that a message of a model calls, for a description: `search and fetch`. */
export function toolNamesIn(value: unknown): string | undefined {
  const { tool_calls: calls } = Object(value) as { tool_calls?: readonly { function?: { name?: string } }[] }
  return Array.isArray(calls) ? calls.map((call) => call.function?.name).join(' and ') : undefined
}

/** What distinguishes the states of a conversation: the last message's tool calls, or else its role. */
export function conversationKey(messages: readonly unknown[]): unknown {
  const { role, tool_calls: calls } = Object(messages.at(-1)) as {
    role?: unknown
    tool_calls?: readonly { function?: unknown }[]
  }
  return Array.isArray(calls) ? calls.map((call) => call.function) : role
}

/** Whether it is a turn between the first two and the last two of many: its events lead to no other transitions. */
export function isMiddleTurn({ iteration = 0, again = 0 }: Frame, act: Definition | undefined): boolean {
  const { stopWhen, endWith, maxTurns = 0 } = act?.node.facts?.calling ?? {}
  const turn = iteration - again
  return !stopWhen && !endWith?.size && turn > 2 && turn < maxTurns - 2
}
