import { attempt } from '../../../border/shape.ts'
import { parseJson } from '../../../models/parsing/parse-json.ts'
import { JsonEndDetector } from './json-end.ts'
import { splitLines } from './lines.ts'
import { isErrorValue, KEEP_ALIVE } from './server-error.ts'

/** Yielded after `[DONE]`. */
export const STREAM_DONE = Symbol('done')
/** Yielded after a value that was the whole body. */
export const DOCUMENT_END = Symbol('document')
/** The text of a body without JSON, such as an HTML page. */
export class NonJsonBody {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** In characters: how much of such a body is kept. */
const MAX_NON_JSON_LENGTH = 20_000
const SSE_FIELD = /^(data|event|id|retry)(?:: ?|$)/

/**
 * The JSON values of a body, each as soon as it is complete, for any content type: server-sent events (of one or more
 * lines, with or without blank lines between them), one JSON document, or one document per line (NDJSON).
 */
export async function* jsonValues(pieces: AsyncIterable<string> | Iterable<string>): AsyncGenerator<unknown> {
  const reader = new BodyReader()
  for await (const line of splitLines(pieces)) {
    yield* reader.line(line)
    if (reader.isOver) return
  }
  yield* reader.end()
}

class BodyReader {
  isOver = false
  private shape: 'events' | 'document' | 'prose' | undefined
  private values = 0
  /** The lines of an incomplete value, and the detector of its end, if it is not in an SSE field. */
  private held: string[] = []
  private ending: JsonEndDetector | undefined
  private prose: string[] = []
  private proseLength = 0
  /** The current SSE event name. */
  private event = '';

  *line(given: string): Generator<unknown> {
    const line = given.trim()
    if (line === '') {
      if (this.ending) return
      if (this.shape === 'events') yield* this.flush()
      this.event = ''
      return
    }
    this.shape ??= detectFormat(line)
    if (this.shape === 'prose') this.addText(line)
    else if (this.shape === 'document') yield* this.bare(given)
    else yield* this.field(line)
  }

  *end(): Generator<unknown> {
    yield* this.flush()
    if (this.shape === 'document' && this.values === 1) yield DOCUMENT_END
    const prose = this.prose.join('\n')
    // A prefix of a field name is a stream that was cut off.
    if (this.values === 0 && prose !== '' && !/^(?:da?|dat|ev?|eve|even|id?|re?|ret|retr)$/.test(prose))
      yield new NonJsonBody(prose)
  }

  private *field(line: string): Generator<unknown> {
    const name = SSE_FIELD.exec(line)
    const rest = name ? line.slice(name[0].length) : line
    if (name?.[1] === 'event') this.event = rest
    else if (name?.[1] === 'data') {
      // A value without a field that is still open was cut off.
      if (this.ending) yield* this.flush()
      yield* this.data(rest)
    }
    // Some servers send errors without a field name.
    else if (!name && (this.ending || /^[{[]/.test(line))) {
      yield* this.bare(line)
      if (this.ending?.isWhole) yield* this.flush()
    } else if (!name && !line.startsWith(':')) this.addText(line)
  }

  /** JSON outside of SSE fields: until it is complete, no line of it is a field or `[DONE]`. */
  private *bare(line: string): Generator<unknown> {
    if (this.ending && !this.ending.isWhole) this.held.push(line)
    else yield* this.data(line)
    if (this.held.length === 0) return
    this.ending ??= new JsonEndDetector(false)
    this.ending.add(`${line}\n`)
  }

  /** A value of several lines is parsed only at its end, so that no text is parsed repeatedly. */
  private *data(text: string): Generator<unknown> {
    if (this.held.length === 0 ? /^\s*"?\[DONE\]/i.test(text) : /^\s*\[DONE\]\s*$/i.test(text)) {
      yield* this.flush()
      yield STREAM_DONE
      this.isOver = true
      return
    }
    if (this.held.length === 0 && !/^\s*[{[]/.test(text)) {
      if (text.trim() === '') return
      if (isErrorEvent(this.event)) yield this.counted({ error: text })
      else this.addText(text)
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
    this.ending = undefined
    if (text === '') return
    const value = parseJson(text)
    if (isErrorEvent(this.event)) {
      const isError = isErrorValue(value)
      yield this.counted(isError && 'error' in Object(value) ? value : { error: isError ? value : text })
    } else if (!KEEP_ALIVE.test(this.event) || 'choices' in Object(value) || 'error' in Object(value)) {
      yield this.counted(value)
    }
  }

  private counted(value: unknown): unknown {
    this.values++
    return value
  }

  private addText(text: string): void {
    if (this.proseLength > MAX_NON_JSON_LENGTH) return
    this.prose.push(text)
    this.proseLength += text.length
  }
}

const isErrorEvent = (event: string): boolean => /error|fail|exception/i.test(event)

function detectFormat(line: string): 'events' | 'document' | 'prose' {
  if (line.startsWith(':') || SSE_FIELD.test(line)) return 'events'
  return /^[{[]/.test(line) ? 'document' : 'prose'
}
