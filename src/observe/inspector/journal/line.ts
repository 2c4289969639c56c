import type { Encoded } from './value-encoding.ts'

/** One state of a chart, as data. States are numbered in the order in which they are written, the root is 0. */
export type ChartState = {
  readonly key: string
  readonly type?: 'compound' | 'parallel' | 'final' | 'history'
  /** A tinyllm function: its kind and path. */
  readonly kind?: string
  readonly path?: string
  /** What the user calls it, where that says more than its key. */
  readonly ownName?: string
  /** The same of what runs for each item, where it is a map. */
  readonly item?: string
  /** How its children are drawn, where that is not in a row. */
  readonly layout?: ChartLayout
  /** What it runs as actors of their own: the items of a map, the calls of an agent or of one of its tools. */
  readonly actors?: 'items' | 'calls'
  /** It stands for a tool of an agent, of which each call is an actor. */
  readonly tool?: true
  /** A tool of an agent: its calls may wait for the word of a person. */
  readonly asks?: true
  /** How its children lead to each other, where they do not simply follow. */
  readonly ways?: readonly ChartWay[]
  readonly description?: string
  /** The JSON Schemas of its `input` and `output`. */
  readonly schema?: Readonly<Record<string, unknown>>
  readonly tags?: readonly string[]
  readonly meta?: Readonly<Record<string, unknown>>
  /** The actors that it invokes, by name. */
  readonly invoke?: readonly string[]
  /** Only where the chart is not one of tinyllm: the key of the state it begins in, and its transitions. */
  readonly initial?: string
  readonly edges?: readonly ChartEdge[]
  /** The events that can be sent to it from outside while it is active, with their schemas. */
  readonly events?: readonly ChartEvent[]
  readonly states?: readonly ChartState[]
}
/** One after the other is a row, which is not written. */
export type ChartLayout = 'stack' | 'choice' | 'attempts' | 'optional steps' | 'calls'
/** A transition between two functions, by their keys, or out of the one that holds them. */
export type ChartWay = {
  readonly from: string
  readonly to?: string
  readonly end?: 'complete' | 'failed'
  readonly label?: string
}
/** A transition, to a state by number (none: it stays where it is). */
export type ChartEdge = { readonly on: string; readonly to?: number; readonly guard?: string }
/** An event by type; `schema` is a JSON Schema of its data. */
export type ChartEvent = { readonly type: string; readonly schema?: Readonly<Record<string, unknown>> }

/** A call of a tool: its id, the tool's name, and the turn of the model that asked for it. */
export type CallOfTool = { readonly id: string; readonly name: string; readonly turn: number }

export type ActorStatus = 'active' | 'done' | 'error' | 'stopped'
/** What changed in the memory of one function. */
export type FrameChange = {
  readonly attempt?: number
  readonly input?: Encoded
  readonly value?: Encoded
  readonly error?: Encoded
}

/**
 * A journal is JSON, one of these a line. `run` says which run it belongs to, `t` is in ms since that run's start,
 * `actor` is the number of an actor in its run; the root is 0.
 */
export type Line =
  | {
      readonly type: 'run'
      readonly run: string
      readonly format: 1
      readonly at: number
      readonly name: string
      readonly id: string
    }
  | {
      readonly type: 'chart'
      readonly run: string
      readonly chart: number
      readonly version?: string
      readonly root: ChartState
    }
  | {
      readonly type: 'actor'
      readonly run: string
      readonly t: number
      readonly actor: number
      readonly id: string
      readonly src?: string
      readonly parent?: number
      readonly chart?: number
      /** What it runs is this call of an agent's tool. */
      readonly call?: CallOfTool
    }
  | {
      readonly type: 'step'
      readonly run: string
      readonly t: number
      readonly actor: number
      readonly event: string
      readonly left?: readonly number[]
      readonly entered?: readonly number[]
      readonly frames?: Readonly<Record<string, FrameChange>>
      readonly context?: Encoded
    }
  | {
      readonly type: 'sent'
      readonly run: string
      readonly t: number
      readonly actor: number
      readonly from?: number
      readonly event: Encoded
    }
  | {
      readonly type: 'token'
      readonly run: string
      readonly t: number
      readonly actor: number
      readonly path: string
      readonly delta: string
    }
  | {
      readonly type: 'usage'
      readonly run: string
      readonly t: number
      readonly actor: number
      readonly path: string
      readonly inputTokens: number
      readonly outputTokens: number
      readonly cost?: number
    }
  | {
      readonly type: 'event'
      readonly run: string
      readonly t: number
      readonly actor: number
      readonly path: string
      readonly event: Encoded
    }
  | {
      readonly type: 'end'
      readonly run: string
      readonly t: number
      readonly actor: number
      readonly status: Exclude<ActorStatus, 'active'>
      readonly output?: Encoded
      readonly error?: Encoded
    }

/** What the list of runs shows of a run. */
export type RunSummary = {
  readonly run: string
  readonly name: string
  readonly id: string
  readonly at: number
  readonly status: ActorStatus
}
