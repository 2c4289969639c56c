import { yieldToEventLoop } from '../../../border/event-loop.ts'
import { attempt, isPlainObject } from '../../../border/shape.ts'
import { cutOff } from '../../../models/failure/cut-off.ts'
import { ModelError } from '../../../models/failure/error.ts'
import type { Call } from '../../../models/calling.ts'
import type { RunContext } from '../../../types.ts'
import { type Choice, ChoicePieces, isToken } from './choice.ts'
import { moreUsage, usageIn } from './usage.ts'
import { DOCUMENT, DONE } from './wire-values.ts'

type Given = Readonly<Record<string, unknown>>
/** A completion, read; `last` is what came last, or instead of one. */
export type Completion = { choices: Choice[]; usage?: unknown; last?: unknown }
type Event = { type: string; [key: string]: unknown }
type Told = Call & {
  emit: RunContext['emit']
  /** How many answers are wanted: what comes beyond is left alone. */
  n: number
  /** Of the tools that were offered. */
  names?: Iterable<string>
}

/**
 * Gathers up to `n` answers from what a server sends: one completion, or its chunks. Each piece of text, of a tool call
 * and of reasoning leaves as an event.
 */
export async function collect(values: AsyncIterable<unknown>, told: Told): Promise<Completion> {
  const { signal, heard, emit, n } = told
  const gathered = new Gathering(n, new Set(told.names))
  let end: unknown
  let broken: unknown
  try {
    for await (const value of values) {
      // A server that always has one more must not keep the run's own timeout from its turn.
      await yieldToEventLoop()
      if (signal.aborted) break
      if (value === DONE || value === DOCUMENT) {
        end = value
        continue
      }
      const pieces = choicesIn(value)
      heard(pieces.some(isToken))
      for (const event of gathered.add(value, pieces)) emit(event)
    }
  } catch (thrown) {
    // What the server itself says in the midst of a stream has a status (undefined); the rest is a broken line.
    if (signal.aborted || thrown instanceof ModelError || attempt(() => 'status' in Object(thrown))) throw thrown
    broken = cutOff(thrown)
  }
  // The SDK ends the loop without an error when it is aborted.
  signal.throwIfAborted()
  for (const event of gathered.settle()) emit(event)
  const { begun } = gathered
  const isCut = begun.length === 0 || begun.some((choice) => !choice.isEnded && !(end === DONE && choice.isUsable))
  if (isCut && end !== DOCUMENT) throw broken ?? cutOff()
  return { choices: begun.map((choice) => choice.read()), usage: gathered.usage, last: gathered.last }
}

class Gathering {
  usage: unknown
  last: unknown
  private readonly choices = new Map<number, ChoicePieces>()
  /** Whether several answers come side by side, and not one after the other. */
  private areMixed = false
  private readonly unplaced = new Set<ChoicePieces>()
  private readonly n: number
  private readonly names: ReadonlySet<string>

  constructor(n: number, names: ReadonlySet<string>) {
    this.n = n
    this.names = names
  }

  /** The wanted answers in their order, as far as they have begun; who asked for one is told of the first. */
  get begun(): ChoicePieces[] {
    if (this.n === 1) return [...this.choices.values()].slice(0, 1)
    const sorted = [...this.choices].toSorted(([one], [other]) => one - other)
    return sorted.slice(0, this.n).map(([, choice]) => choice)
  }

  *add(value: unknown, pieces: readonly Given[]): Generator<Event> {
    this.last = value
    for (const given of [value, ...pieces]) this.usage = moreUsage(this.usage, usageIn(given))
    const places = placesOf(pieces)
    const [first] = this.choices.keys()
    this.areMixed ||= pieces.length > 1 || (this.choices.size > 1 && places[0] === first)
    for (const [nth, piece] of pieces.entries()) {
      const index = places[nth] as number
      const choice = this.choices.get(index) ?? new ChoicePieces(this.names)
      this.choices.set(index, choice)
      if (piece.index !== index) this.unplaced.add(choice)
      const isTold = this.n > 1 || choice === this.begun[0]
      for (const event of choice.add(piece)) if (isTold) yield { ...event, ...(this.n > 1 && { index }) }
    }
  }

  /** Once all is there, one answer that came as several choices is one again. */
  *settle(): Generator<Event> {
    if (this.n > 1) return
    const [first, ...others] = this.choices.values()
    for (const other of others) yield* (first as ChoicePieces).adopt(other, !this.areMixed, this.unplaced.has(other))
  }
}

/** By what each says; by their order where whole answers say the same. */
function placesOf(pieces: readonly Given[]): number[] {
  const said = pieces.map(({ index }, place) => (/^\d+$/.test(String(index)) ? Number(index) : place))
  const isClear = new Set(said).size === said.length || pieces.some(({ delta }) => delta)
  return isClear ? said : [...pieces.keys()]
}

/** As a list, as one, or with their places for keys. */
function choicesIn(value: unknown): Given[] {
  const { choices } = Object(value) as { choices?: unknown }
  if (Array.isArray(choices)) return choices.filter(isPlainObject)
  if (!isPlainObject(choices)) return []
  const isOne = ['delta', 'message', 'text', 'finish_reason'].some((key) => key in choices)
  return isOne ? [choices] : Object.values(choices).filter(isPlainObject)
}
