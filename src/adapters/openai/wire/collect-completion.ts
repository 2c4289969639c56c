import { soon } from '../../../border/pace.ts'
import { attempt, isPlainObject } from '../../../border/shape.ts'
import { cutOffError } from '../../../models/failure/cut-off-error.ts'
import { ModelError } from '../../../models/failure/model-error.ts'
import type { TimedRequest } from '../../../models/request-timeout.ts'
import type { RunContext } from '../../../types.ts'
import { type ChatChoice, ChoiceAccumulator, isContentDelta } from './choice-accumulator.ts'
import { mergeUsage, findUsage } from './usage.ts'
import { DOCUMENT_END, STREAM_DONE } from './json-values.ts'

type ChunkFields = Readonly<Record<string, unknown>>
/** A completion, read; `last` is what came last, or instead of one. */
export type CollectedCompletion = { choices: ChatChoice[]; usage?: unknown; last?: unknown }
type CompletionEvent = { type: string; [key: string]: unknown }
type CollectOptions = TimedRequest & {
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
export async function collectCompletion(
  values: AsyncIterable<unknown>,
  told: CollectOptions,
): Promise<CollectedCompletion> {
  const { signal, onActivity, emit, n } = told
  const gathered = new CompletionAccumulator(n, new Set(told.names))
  let end: unknown
  let broken: unknown
  try {
    for await (const value of values) {
      // A server that always has one more must not keep the run's own timeout from its turn.
      await soon()
      if (signal.aborted) break
      if (value === STREAM_DONE || value === DOCUMENT_END) {
        end = value
        continue
      }
      const pieces = chunkChoices(value)
      onActivity(pieces.some(isContentDelta))
      for (const event of gathered.add(value, pieces)) emit(event)
    }
  } catch (thrown) {
    // What the server itself says in the midst of a stream has a status (undefined); the rest is a broken line.
    if (signal.aborted || thrown instanceof ModelError || attempt(() => 'status' in Object(thrown))) throw thrown
    broken = cutOffError(thrown)
  }
  // The SDK ends the loop without an error when it is aborted.
  signal.throwIfAborted()
  for (const event of gathered.settle()) emit(event)
  const { begun } = gathered
  const isCut =
    begun.length === 0 || begun.some((choice) => !choice.isEnded && !(end === STREAM_DONE && choice.isUsable))
  if (isCut && end !== DOCUMENT_END) throw broken ?? cutOffError()
  return { choices: begun.map((choice) => choice.read()), usage: gathered.usage, last: gathered.last }
}

class CompletionAccumulator {
  usage: unknown
  last: unknown
  private readonly choices = new Map<number, ChoiceAccumulator>()
  /** Whether several answers come side by side, and not one after the other. */
  private areMixed = false
  private readonly unplaced = new Set<ChoiceAccumulator>()
  private readonly n: number
  private readonly names: ReadonlySet<string>

  constructor(n: number, names: ReadonlySet<string>) {
    this.n = n
    this.names = names
  }

  /** The wanted answers in their order, as far as they have begun; who asked for one is told of the first. */
  get begun(): ChoiceAccumulator[] {
    if (this.n === 1) return [...this.choices.values()].slice(0, 1)
    const sorted = [...this.choices].toSorted(([one], [other]) => one - other)
    return sorted.slice(0, this.n).map(([, choice]) => choice)
  }

  *add(value: unknown, pieces: readonly ChunkFields[]): Generator<CompletionEvent> {
    this.last = value
    for (const given of [value, ...pieces]) this.usage = mergeUsage(this.usage, findUsage(given))
    const places = choiceIndexes(pieces)
    const [first] = this.choices.keys()
    this.areMixed ||= pieces.length > 1 || (this.choices.size > 1 && places[0] === first)
    for (const [nth, piece] of pieces.entries()) {
      const index = places[nth] as number
      const choice = this.choices.get(index) ?? new ChoiceAccumulator(this.names)
      this.choices.set(index, choice)
      if (piece.index !== index) this.unplaced.add(choice)
      const isTold = this.n > 1 || choice === this.begun[0]
      for (const event of choice.add(piece)) if (isTold) yield { ...event, ...(this.n > 1 && { index }) }
    }
  }

  /** Once all is there, one answer that came as several choices is one again. */
  *settle(): Generator<CompletionEvent> {
    if (this.n > 1) return
    const [first, ...others] = this.choices.values()
    for (const other of others)
      yield* (first as ChoiceAccumulator).adopt(other, !this.areMixed, this.unplaced.has(other))
  }
}

/** By what each says; by their order where whole answers say the same. */
function choiceIndexes(pieces: readonly ChunkFields[]): number[] {
  const said = pieces.map(({ index }, place) => (/^\d+$/.test(String(index)) ? Number(index) : place))
  const isClear = new Set(said).size === said.length || pieces.some(({ delta }) => delta)
  return isClear ? said : [...pieces.keys()]
}

/** As a list, as one, or with their places for keys. */
function chunkChoices(value: unknown): ChunkFields[] {
  const { choices } = Object(value) as { choices?: unknown }
  if (Array.isArray(choices)) return choices.filter(isPlainObject)
  if (!isPlainObject(choices)) return []
  const isOne = ['delta', 'message', 'text', 'finish_reason'].some((key) => key in choices)
  return isOne ? [choices] : Object.values(choices).filter(isPlainObject)
}
