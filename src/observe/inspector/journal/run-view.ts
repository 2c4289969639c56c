import type { IndexedChart } from './indexed-chart.ts'
import type { ActorStatus, CallOfTool } from './line.ts'
import { ValueDecoder } from './value-encoding.ts'
import type { ExpectedEvents, RejectedEvent } from './outside-events.ts'

/** A stretch of time in one state, in ms since the run's start; without `end` it is not over. */
export type Span = { readonly state: string; readonly start: number; end?: number; readonly attempt: number }
/** What is known of one state (for tinyllm charts: of one function) at one time. */
export type NodeView = {
  state: string
  attempt: number
  /** How often it was begun. */
  visits: number
  input?: unknown
  output?: unknown
  error?: unknown
  /** The text that came in tokens, of this attempt. */
  text: string
  tokens: number
  inputTokens: number
  outputTokens: number
  cost: number
  readonly spans: Span[]
  /** What it said when it began to wait for events from outside. */
  asks?: ExpectedEvents
}
export type ActorView = {
  readonly actor: number
  readonly id: string
  readonly src?: string
  readonly parent?: number
  readonly chart?: IndexedChart
  /** It is this call of an agent's tool. */
  readonly call?: CallOfTool
  readonly started: number
  ended?: number
  status: ActorStatus
  readonly active: Set<number>
  /** By the number of the state in its chart. */
  readonly nodes: Map<number, NodeView>
  /** The ways between functions that it went (`wayOf`). */
  readonly taken: Set<string>
  /** By the number of a composite, the child that it was in last. */
  readonly last: Map<number, number>
  context?: unknown
  output?: unknown
  error?: unknown
}
/** A way from one function to another, or out of the composite `to` by its end. */
export const transitionKey = (from: number, to: number, end?: string): string => `${from} ${to} ${end ?? ''}`

/** A run as it was after some of its lines. */
export type RunView = {
  run: string
  name: string
  id: string
  /** When it began, in epoch ms. */
  at: number
  /** The time of the last line, in ms since then. */
  t: number
  lines: number
  readonly charts: Map<number, IndexedChart>
  readonly actors: Map<number, ActorView>
  /** The children of each actor. */
  readonly children: Map<number, number[]>
  inputTokens: number
  outputTokens: number
  cost: number
  /** The last rejected events. */
  readonly refusals: RejectedEvent[]
  readonly values: ValueDecoder
}

/**
 * A run before its first line. Feed it with `fold`, line by line and in order; it is changed in place.
 *
 * @example
 * const view = newRun()
 * for (const line of parseJournal(text)) fold(view, line)
 * view.actors.get(0)?.status // 'done'
 */
export const newRun = (): RunView => ({
  run: '',
  name: '',
  id: '',
  at: 0,
  t: 0,
  lines: 0,
  charts: new Map(),
  actors: new Map(),
  children: new Map(),
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
  refusals: [],
  values: new ValueDecoder(),
})

/** Of a function that was not reached yet. */
export const newNode = (): NodeView => ({
  state: 'idle',
  attempt: 1,
  visits: 0,
  text: '',
  tokens: 0,
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
  spans: [],
})
