import type { Frame } from '../../../types.ts'
import { candidatesFor } from '../sample-values.ts'
import type { Part } from '../../../analysis/definition.ts'
import { askedOf, needOf } from '../constraints.ts'
import { checked, instanceOf } from '../../../analysis/schema/values.ts'
import { textOf } from '../../../analysis/stringify.ts'
import { isWhatever } from '../../../analysis/schema/unknown-value.ts'

/**
 * What the model of an agent may say: an answer, one that does not fit, calls of each tool and of all at once, and of one
 * that there is not. Where the last message is the result of a tool, it may say nothing. `frame` is that of the agent.
 */
export function modelValues(agent: Part, frame: Frame, afterTools: boolean): unknown[] {
  const act = agent.children.find(({ key }) => key === 'act')
  const tools = act?.children ?? []
  const endWith = act?.node.facts?.calling?.endWith ?? new Set()
  const calls = tools.map(callOf)
  const mixed = calls.length > 1 ? [calls.slice(0, MOST)] : []
  const sets = [...calls.map((call) => [call]), ...mixed, [called('unknown', {})]]
  const calling = (frame.isLast ? sets.slice(0, 1) : sets).map((set) => ({
    role: 'assistant',
    content: null,
    tool_calls: set,
  }))
  const empty = !frame.wasEmpty && afterTools ? [''] : []
  // With tools that end it, an answer in words is none.
  if (endWith.size > 0) {
    const final = calling.toSorted((a, b) => Number(isOf(b, endWith)) - Number(isOf(a, endWith)))
    return [...final, 'text', ...empty]
  }
  return [...answersOf(agent), ...calling, ...misfitOf(agent), ...empty]
}

/** So many calls at once, at most: more lead nowhere else. */
const MOST = 3

const isOf = ({ tool_calls: calls }: { tool_calls: readonly object[] }, names: ReadonlySet<string>): boolean =>
  calls.length === 1 && callsIn({ tool_calls: calls }) !== undefined && names.has(callsIn({ tool_calls: calls }) ?? '')

/** What `beforeTurn` may say: nothing, or the end. */
export function turnValues(agent: Part, own: Part): unknown[] {
  const { output } = own.node
  const stop = { stop: { output: answerOf(agent) } }
  return [{}, stop].filter((value) => !output || 'value' in checked(output, value))
}

const called = (name: string, input: unknown) => ({
  id: `call-${name}`,
  type: 'function',
  function: { name, arguments: textOf(input) },
})

function callOf(tool: Part): object {
  const [input] = candidatesFor(needOf(tool))
  return called(tool.key, input)
}

/** The answers that lead on in different ways, where what follows the agent tells them apart. */
function answersOf(agent: Part): string[] {
  const asked = askedOf(agent)
  const { output, facts } = agent.node
  const isTold = !facts?.transcript && asked.choices.length + asked.tests.length > 0
  const texts = isTold
    ? candidatesFor(asked, output)
        .filter((value) => !isWhatever(value))
        .map(inWords)
    : []
  return texts.length > 0 ? texts : [answerOf(agent)]
}

const inWords = (value: unknown): string => (typeof value === 'string' ? value : textOf(value))

/** The last words: a text, as JSON where the agent wants data. */
export function answerOf({ node: { output } }: Part): string {
  if (!output || 'value' in checked(output, 'text')) return 'text'
  const value = instanceOf(output)?.value
  return inWords(value)
}

/** Words that its output does not take, where there are some. */
const misfitOf = ({ node: { output } }: Part): string[] =>
  output ? ['text', '{}', '[]', '-1'].filter((text) => 'refused' in checked(output, text)).slice(0, 1) : []

/** What a model said, for a scenario: the tools that it calls. */
export function callsIn(value: unknown): string | undefined {
  const { tool_calls: calls } = Object(value) as { tool_calls?: readonly { function?: { name?: string } }[] }
  return Array.isArray(calls) ? calls.map((call) => call.function?.name).join(' and ') : undefined
}

/**
 * What tells one moment of a conversation from another: who spoke last, and the calls that are under way. What was said
 * before leads nowhere by itself.
 */
export function momentOf(messages: readonly unknown[]): unknown {
  const { role, tool_calls: calls } = Object(messages.at(-1)) as {
    role?: unknown
    tool_calls?: readonly { function?: unknown }[]
  }
  return Array.isArray(calls) ? calls.map((call) => call.function) : role
}

/**
 * Whether it is a turn in the midst of many, in which nothing can happen that is not shown by one of the first or of the
 * last: it only leads on.
 */
export function isMidst({ iteration = 0, again = 0 }: Frame, act: Part | undefined): boolean {
  const { stopWhen, endWith, maxTurns = 0 } = act?.node.facts?.calling ?? {}
  const turn = iteration - again
  return !stopWhen && !endWith?.size && turn > 2 && turn < maxTurns - 2
}
