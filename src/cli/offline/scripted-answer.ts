import { findRisks } from './risk-phrases.ts'

export { RULE } from './risk-phrases.ts'

type AnsweredMessage = { readonly role: string; readonly content: unknown }
type ResponseFormat = { type: string; json_schema?: { schema?: AnswerSchema } } | undefined
export type AnswerSchema = { type?: string; enum?: unknown[]; properties?: Record<string, AnswerSchema> }

/** What the scripted model says: a verdict if it was asked for one, else the phrases that worry in the last message. */
export function scriptedAnswer(messages: readonly AnsweredMessage[], format: ResponseFormat): string {
  const schema = format?.json_schema?.schema
  const isAsked = asksForVerdict(messages, schema)
  // Elsewhere a problem or something missing is no worry about a loan.
  const worries = isAsked || isAboutLoans(messages) ? findRisks(textOf(messages.at(-1))) : []
  const verdict = worries.length > 0 ? 'bad' : 'good'
  if (schema) return JSON.stringify(sampleValue(schema, verdict))
  if (isAsked) return verdict
  const found = worries.length > 0 ? `These words stand out: ${worries.join(', ')}.` : 'Nothing stands out.'
  return `(Scripted answer.) ${found}`
}

/** An application may hold both words, too, so they count in the instructions only, or as a choice: "good or bad". */
function asksForVerdict(messages: readonly AnsweredMessage[], schema: AnswerSchema | undefined): boolean {
  if (schema) return JSON.stringify(schema).includes('"bad"')
  const isInstruction = ({ role }: AnsweredMessage) => role === 'system' || role === 'developer'
  const instructions = messages.some(isInstruction) ? messages.filter(isInstruction) : messages
  const told = instructions.map(textOf).join('\n')
  if (/\bgood\b/i.test(told) && /\bbad\b/i.test(told)) return true
  return messages.some((message) =>
    /\bgood\b\W{1,3}or\W{1,3}bad\b|\bbad\b\W{1,3}or\W{1,3}good\b/i.test(textOf(message)),
  )
}

const isAboutLoans = (messages: readonly AnsweredMessage[]): boolean =>
  messages.some((message) => /\b(?:loans?|lend(?:er|ing)|borrow\w*|credit|debts?|applicants?)\b/i.test(textOf(message)))

/** A value of a JSON Schema, with the verdict (or another text) wherever it is allowed. */
export function sampleValue({ type, enum: values, properties = {} }: AnswerSchema, verdict: string): unknown {
  if (values) return values.includes(verdict) ? verdict : values[0]
  if (type === 'string') return verdict
  if (type === 'number' || type === 'integer') return 0
  if (type === 'boolean') return verdict === 'good'
  if (type === 'array') return []
  if (type === 'null') return null
  return Object.fromEntries(Object.entries(properties).map(([key, part]) => [key, sampleValue(part, verdict)]))
}

/** The text of a message, whether it is one text or parts. */
export function textOf(message: AnsweredMessage | undefined): string {
  const content = message?.content
  if (!Array.isArray(content)) return typeof content === 'string' ? content : ''
  return content.map((part: { text?: unknown }) => (typeof part.text === 'string' ? part.text : '')).join('\n')
}
