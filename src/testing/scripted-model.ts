import { formatValue } from '../border/format-value.ts'
import type { ChatMessage, PromptMessage, RunContext } from '../types.ts'

/** What a scripted model says: a string or any other value, an `Error` to fail with, or a function of the messages. */
export type ScriptedAnswer = string | number | boolean | object | null | undefined
type Prompt = string | PromptMessage | readonly PromptMessage[] | { readonly messages: readonly PromptMessage[] }

/** What a line says: an error says nothing, a function what it returns. */
type Answer<L> = L extends Error ? never : L extends (...args: never) => infer R ? Awaited<R> : L

/** A model that answers from a script; `calls` has the messages of each call so far. */
export interface ScriptedModel<O = string> {
  (prompt: Prompt, ctx?: Partial<RunContext>): Promise<O>
  readonly calls: readonly (readonly ChatMessage[])[]
}

/**
 * A model for unit tests, without a network: it returns the answers in order, or by a word in the last message. An
 * `Error` is thrown, a function is asked. Texts also leave as tokens, word by word. It fails when the script is at its
 * end, or has no word for it. Give it to `llmCall`, or put it in the place of a chat.
 *
 * @example
 * const model = scriptedModel([new Error('503'), 'bad'])
 * const pipeline = creditAnalysis.override('creditAnalysis.deciding.chat', model)
 * const byWord = scriptedModel({ refund: 'billing', broken: 'workshop' })
 */
export function scriptedModel<O = never, L extends ScriptedAnswer = ScriptedAnswer>(
  script: readonly L[] | Readonly<Record<string, L>>,
): ScriptedModel<[O] extends [never] ? Answer<L> : O> {
  if (typeof script !== 'object' || script === null)
    throw new TypeError(
      `scriptedModel: the script is ${formatValue(script)}. Give an array of answers, or { word: answer }.`,
    )
  const calls: (readonly ChatMessage[])[] = []
  let next = 0
  const lineFor = (messages: readonly ChatMessage[]): unknown => {
    if (Array.isArray(script)) {
      if (next < script.length) return script[next++]
      throw new Error(`The script has ${script.length} answers, and this is call ${calls.length}. Add an answer.`)
    }
    const said = String(messages.at(-1)?.content ?? '')
    const word = Object.keys(script).find((key) => said.toLowerCase().includes(key.toLowerCase()))
    if (word !== undefined) return (script as Readonly<Record<string, ScriptedAnswer>>)[word]
    throw new Error(
      `The script knows ${Object.keys(script).join(', ')}, and none is in ${JSON.stringify(said)}. Add a word.`,
    )
  }
  const model = async (prompt: Prompt, ctx: Partial<RunContext> = {}) => {
    const messages = messagesOf(prompt)
    calls.push(messages)
    const line = lineFor(messages)
    const answer: unknown = typeof line === 'function' ? await line(messages, ctx) : line
    if (answer instanceof Error) throw answer
    if (typeof answer === 'string') tell(answer, messages, ctx)
    return answer
  }
  return Object.assign(model, { calls }) as never
}

function messagesOf(prompt: Prompt): readonly ChatMessage[] {
  if (typeof prompt === 'string') return [{ role: 'user', content: prompt }]
  const messages = 'messages' in prompt ? prompt.messages : 'role' in prompt ? [prompt] : prompt
  return messages as readonly ChatMessage[]
}

function tell(answer: string, messages: readonly ChatMessage[], { emit }: Partial<RunContext>): void {
  if (!emit) return
  const deltas = answer.match(/\S+\s*/g) ?? []
  for (const delta of deltas) emit({ type: 'token', delta })
  const inputTokens = messages.reduce((sum, { content }) => sum + String(content).split(/\s+/).length, 0)
  emit({ type: 'usage', inputTokens, outputTokens: deltas.length })
}
