import type { Specimen } from './models.ts'
import type { Call, Turn } from './servers/turn.ts'

/** What a tool does: it gives a value, or throws an error with this message. */
export type Doing = { readonly gives: unknown } | { readonly throws: string }

/** One conversation: what is asked, what the server says turn by turn, what the tool does. */
export type Scenario = {
  readonly name: string
  readonly instructions?: string
  readonly prompt: readonly Said[]
  readonly turns: readonly Turn[]
  /** What the AI SDK hears instead, where it does not do what is right. */
  readonly theirTurns?: readonly Turn[]
  readonly doing: Doing
  /** The provider's own search is among the tools. */
  readonly searches?: true
  /** Whether it makes sense with this model. */
  fits?(specimen: Specimen): boolean
  /** What the model is told of arguments that the tool refuses is in our own words, and not compared. */
  readonly ownWords?: true
}

/** Options by provider, on a message or a part. */
type Options = { readonly providerOptions?: Record<string, Record<string, unknown>> }
export type Part =
  | ({ readonly text: string } & Options)
  | ({ readonly image: string; readonly detail?: 'low' | 'high' | 'auto' } & Options)
/** A message, in words that both sides understand, or in those of each. */
export type Said =
  | ({ readonly role: 'system' | 'user'; readonly content: string | readonly Part[] } & Options)
  | { readonly ours: object; readonly theirs: object }

/** A call of the one tool there is. */
export const call = (place: number, given: unknown = { city: 'Oslo' }): Call => ({
  id: `call_${place}`,
  name: 'weather',
  arguments: typeof given === 'string' ? given : JSON.stringify(given),
})
export const asks: readonly Said[] = [{ role: 'user', content: 'Do I need an umbrella in Oslo?' }]
export const answer: Turn = { text: 'Take an umbrella.' }

/** A conversation of one question, in whose first turn the model says this. */
export const one = (name: string, turn: Turn, rest: Partial<Scenario> = {}): Scenario => ({
  name,
  prompt: asks,
  turns: [turn, answer],
  doing: { gives: 'rain' },
  ...rest,
})
