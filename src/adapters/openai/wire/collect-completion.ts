import { yieldToEventLoop } from '../../../border/event-loop.ts'
import { attempt, isPlainObject } from '../../../border/shape.ts'
import { cutOffError } from '../../../models/failure/cut-off-error.ts'
import { ModelError } from '../../../models/failure/model-error.ts'
import type { TimedRequest } from '../../../models/request-timeout.ts'
import type { RunContext } from '../../../types.ts'
import { type ChatChoice, ChoiceAccumulator, isContentDelta } from './choice-accumulator.ts'
import { mergeUsage, findUsage } from './usage.ts'
import { DOCUMENT_END, STREAM_DONE } from './json-values.ts'

type ChunkFields = Readonly<Record<string, unknown>>
/** The answers of a completion; `last`: the last value of the response. */
export type CollectedCompletion = { choices: ChatChoice[]; usage?: unknown; last?: unknown }
type CompletionEvent = { type: string; [key: string]: unknown }
type CollectOptions = TimedRequest & {
  emit: RunContext['emit']
  /** How many answers were requested; further ones are ignored. */
  n: number
  /** The names of the tools of the request. */
  names?: Iterable<string>
}

/**
 * Collects up to `n` answers from the values of a response: one completion, or its chunks. Emits deltas of text, tool
 * calls and reasoning as events.
 */
export async function collectCompletion(
  values: AsyncIterable<unknown>,
  options: CollectOptions,
): Promise<CollectedCompletion> {
  const { signal, onActivity, emit, n } = options
  const gathered = new CompletionAccumulator(n, new Set(options.names))
  let end: unknown
  let broken: unknown
  try {
    for await (const value of values) {
      // Yields to timers, so that a server that sends without pause cannot block the run's timeout.
      await yieldToEventLoop()
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
    // An error that the server sent has a `status` property; any other error is a broken connection.
    if (signal.aborted || thrown instanceof ModelError || attempt(() => 'status' in Object(thrown))) throw thrown
    broken = cutOffError(thrown)
  }
  // The SDK ends the iteration without an error when it is aborted.
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
  /** Whether the chunks of several answers are interleaved. */
  private areMixed = false
  private readonly unplaced = new Set<ChoiceAccumulator>()
  private readonly n: number
  private readonly names: ReadonlySet<string>

  constructor(n: number, names: ReadonlySet<string>) {
    this.n = n
    this.names = names
  }

  /** The requested answers that have begun, in order; for `n: 1` the first that began. */
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

  /** At the end, merges one answer that was sent as several choices. */
  *settle(): Generator<CompletionEvent> {
    if (this.n > 1) return
    const [first, ...others] = this.choices.values()
    for (const other of others)
      yield* (first as ChoiceAccumulator).adopt(other, !this.areMixed, this.unplaced.has(other))
  }
}

/** The index of each choice; its position if complete answers have the same index. */
function choiceIndexes(pieces: readonly ChunkFields[]): number[] {
  const indexes = pieces.map(({ index }, place) => (/^\d+$/.test(String(index)) ? Number(index) : place))
  const isClear = new Set(indexes).size === indexes.length || pieces.some(({ delta }) => delta)
  return isClear ? indexes : [...pieces.keys()]
}

/** The choices of a chunk: an array, a single choice, or an object with indexes as keys. */
function chunkChoices(value: unknown): ChunkFields[] {
  const { choices } = Object(value) as { choices?: unknown }
  if (Array.isArray(choices)) return choices.filter(isPlainObject)
  if (!isPlainObject(choices)) return []
  const isOne = ['delta', 'message', 'text', 'finish_reason'].some((key) => key in choices)
  return isOne ? [choices] : Object.values(choices).filter(isPlainObject)
}
