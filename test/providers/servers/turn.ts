import type { Asked, Reply } from './http.ts'
import type { Problems } from './problems.ts'

/** A call of a tool; `arguments` is what stands on the wire, which may be no JSON. */
export type Call = { readonly id: string; readonly name: string; readonly arguments: string }

/** A thought, with what the server signs it with; or one that it hides. */
export type Thought = { readonly text: string; readonly signature?: string; readonly hidden?: string }

/** What was used: `input` counts what was read from a cache and written to it, `output` counts the thoughts. */
export type Used = {
  input: number
  cached?: number
  cacheWrite?: number
  output: number
  reasoning?: number
  cost?: number
}

/** What a model says in one turn, in no server's words. */
export type Turn = {
  readonly thoughts?: readonly Thought[]
  readonly text?: string
  /** It says no. */
  readonly refusal?: string
  readonly calls?: readonly Call[]
  /** `untold`: the server does not say what was used. */
  readonly used?: Used | 'untold'
  /** What it looked for by itself, before it said anything, and found. */
  readonly searched?: { readonly query: string; readonly url: string; readonly title: string }
  readonly sources?: readonly { readonly url: string; readonly title: string }[]
  readonly pictures?: readonly { readonly mediaType: string; readonly base64: string }[]
  /** The server's own word for why it ended; by default that of calls or of an answer. */
  readonly reason?: string
}

/** How a server speaks. */
export type Wire = Omit<Problems, 'overloaded'> & {
  /** What comes in the midst of a stream where it is overloaded, as it is written. */
  readonly overloaded: string | Uint8Array
  /** The header that names its answer. */
  readonly requestId: string
  /** Its own words for why an answer ended. */
  readonly reasons: {
    readonly done?: string
    readonly length: string
    readonly filter?: string
    readonly refusal?: string
  }
  /** Whether the request wants a stream. */
  wantsStream(asked: Asked): boolean
  whole(turn: Turn): Reply
  stream(turn: Turn): Reply
  /** What the arguments of a call can be: on some wires they are an object always. */
  readonly arguments: 'objects' | 'any JSON' | 'anything'
}

const defaultUse: Used = { input: 20, output: 10 }

/** What a turn used, as the server writes it; nothing where it does not say. */
export const usedIn = <T>({ used = defaultUse }: Turn, written: (used: Used) => T): T | undefined =>
  used === 'untold' ? undefined : written(used)

/** A text in two pieces, as streams have it. */
export const halves = (text: string): string[] => {
  const middle = Math.ceil(text.length / 2)
  return [text.slice(0, middle), text.slice(middle)].filter((half) => half !== '')
}

/** The arguments as a value; a text that is no JSON stays a text. */
export function valueOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
