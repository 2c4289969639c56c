import { attempt } from '../../../border/shape.ts'
import { parseJson } from '../../../models/json.ts'
import { linesOf } from './lines.ts'

/** Comes after the last value of a stream that said itself that it is over. */
export const DONE = Symbol('done')
/** Comes after a value that was the whole body. */
export const DOCUMENT = Symbol('document')
/** What a body says that holds no JSON at all: a page, or a sentence. */
export class Prose {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** In characters: of a page, no more is looked at. */
const LONGEST_PROSE = 20_000
const FIELD = /^(data|event|id|retry)(?:: ?|$)/

/**
 * The JSON values of a body, each as soon as it is whole, whatever the body calls itself: server-sent events (each of
 * one or more lines, with or without blank lines between them), one JSON document, or a document a line.
 */
export async function* valuesIn(pieces: AsyncIterable<string> | Iterable<string>): AsyncGenerator<unknown> {
  const reader = new Reader()
  for await (const line of linesOf(pieces)) {
    yield* reader.line(line)
    if (reader.isOver) return
  }
  yield* reader.end()
}

class Reader {
  isOver = false
  private shape: 'events' | 'document' | 'prose' | undefined
  private values = 0
  /** The lines of a value that is not whole. */
  private held: string[] = []
  private prose: string[] = []
  private proseLength = 0
  private isError = false;

  *line(given: string): Generator<unknown> {
    const line = given.trim()
    if (line === '') {
      if (this.shape === 'events') yield* this.flush()
      this.isError = false
      return
    }
    this.shape ??= shapeOf(line)
    if (this.shape === 'prose') this.say(line)
    else if (this.shape === 'document') yield* this.data(given)
    else yield* this.field(line)
  }

  *end(): Generator<unknown> {
    yield* this.flush()
    if (this.shape === 'document' && this.values === 1) yield DOCUMENT
    if (this.values === 0 && this.prose.length > 0) yield new Prose(this.prose.join('\n'))
  }

  private *field(line: string): Generator<unknown> {
    const name = FIELD.exec(line)
    const rest = name ? line.slice(name[0].length) : line
    if (name?.[1] === 'event') this.isError = rest === 'error'
    // Some servers leave out the name of the field where something goes wrong.
    else if (name?.[1] === 'data' || (!name && /^[{[]/.test(line))) yield* this.data(rest)
    else if (!name && !line.startsWith(':')) this.say(line)
  }

  /** More than one line is looked at only when no more can come, so that no text is read again and again. */
  private *data(text: string): Generator<unknown> {
    if (/^\s*"?\[DONE\]/i.test(text)) {
      yield* this.flush()
      yield DONE
      this.isOver = true
      return
    }
    if (this.held.length === 0 && !/^\s*[{[]/.test(text)) {
      if (text.trim() === '') return
      if (this.isError) yield this.told({ error: text })
      else this.say(text)
      return
    }
    this.held.push(text)
    if (this.held.length === 1 && /[}\]]\s*$/.test(text) && attempt(() => JSON.parse(text)) !== undefined) {
      yield* this.flush()
    }
  }

  private *flush(): Generator<unknown> {
    const text = this.held.join('\n').trim()
    this.held = []
    if (text === '') return
    const value = parseJson(text)
    yield this.told(this.isError && !('error' in Object(value)) ? { error: value } : value)
  }

  private told(value: unknown): unknown {
    this.values++
    return value
  }

  private say(text: string): void {
    if (this.proseLength > LONGEST_PROSE) return
    this.prose.push(text)
    this.proseLength += text.length
  }
}

function shapeOf(line: string): 'events' | 'document' | 'prose' {
  if (line.startsWith(':') || FIELD.test(line)) return 'events'
  return /^[{[]/.test(line) ? 'document' : 'prose'
}
