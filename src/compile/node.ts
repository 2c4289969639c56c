import type { AnyActorLogic, AnyActorRef } from 'xstate'
import { globalSymbol } from '../border/global-state.ts'
import type { Policy, StandardSchema } from '../types.ts'
import type { State } from './chart.ts'
import type { Work } from './leaf-input.ts'
import type { PoolItem } from './pool.ts'
import type { Scope } from './scope.ts'

/** Where a function keeps its node. */
export const NODE: unique symbol = globalSymbol('node') as never

/**
 * What a kind says of itself: all that is known of a function before it is compiled. Who reads a definition (tools,
 * analysis, pictures) goes by this, and never by the name of a kind.
 */
export type Node = NodeBase & (LeafNode | CompositeNode)
type LeafNode = { children?: undefined; dataFlow?: Omit<DataFlow, 'children'>; layout?: undefined }
export type CompositeNode = {
  /** The functions below, by the keys that it holds them under; an agent may have no tools before it runs. */
  children?: readonly NodeChild[]
  dataFlow: DataFlow
  layout: Layout
}
type NodeBase = {
  kind: string
  name: string
  /** What the user calls it, the nearest name first, where that is not `name` alone. */
  names?: readonly string[]
  policy: Policy
  input?: StandardSchema | undefined
  output?: StandardSchema | undefined
  /** The state of this function in the chart. */
  compile(scope: Scope): State
  /** A leaf: the same node around another `run`. */
  swap?(run: Work): Node
  /** It calls a model, and sends it the answers that were rejected (`rejectedAnswersIn`). */
  takesFeedback?: boolean
  /** Replacements below this node, by the path from it (`''` is the node itself). */
  overrides?: ReadonlyMap<string, unknown>
  /** Properties that the function shows beside those of every function. */
  exposes?: Readonly<Record<string, unknown>>
  /** What else it is made of, for those who read a definition without running it. */
  facts?: Facts
}
/** How values travel through a composite, where no mapper of the user's stands between. */
export type DataFlow = {
  /** `first`: what it takes is what its first child takes. */
  readonly input?: 'first'
  /**
   * What a child gets: the input of the composite; the output of the child before, the first one the input; one element
   * of the input; the input, and in later rounds its own output; what only code knows.
   */
  readonly children: 'input' | 'previous' | 'item' | 'round' | 'unknown'
  /**
   * What the output is: the input; the output of the last child; that of the chosen child; that of the first child that
   * does not fail; the outputs of all by key, or in a list; one output for each element; what the decider chose; what
   * only code, or the output schema, knows.
   */
  readonly output: 'input' | 'last' | 'chosen' | 'first' | 'record' | 'list' | 'each' | 'choice' | 'unknown'
  /** When it fails: never, or only when a child does; otherwise it may fail of itself. */
  readonly fails?: 'never' | 'by children'
}
/**
 * How a composite is drawn: its children in a row, each after the other; in a stack, all at once; side by side behind what
 * chooses one; one after the other until one does not fail; as a row of which steps are left out; as the calls of an agent.
 * Where `facts.ways` are there, they are drawn.
 */
export type Layout = 'row' | 'stack' | 'choice' | 'attempts' | 'optional steps' | 'calls'
/** A transition between two children, by their keys, or out of the function that holds them; for pictures. */
export type Way = { readonly from: string; readonly label?: string } & (
  | { readonly to: string; readonly end?: undefined }
  | { readonly end: 'complete' | 'failed'; readonly to?: undefined }
)
/** What each kind declares of itself; nothing is compiled from these. */
export type Facts = {
  /** A leaf: what it runs. */
  readonly run?: Work
  /** The function that the user wrote as its body. */
  readonly code?: (...args: never) => unknown
  /** An example of its output, where no schema describes it. */
  readonly example?: unknown
  /** The service that it asks, where that can be replaced by a server on this machine. */
  readonly service?: 'openai'
  /** An actor: what it invokes. */
  readonly logic?: AnyActorLogic
  /** The children whose input a mapper makes. */
  readonly mapped?: readonly string[]
  /** The key of the child whose output chooses another child, and what it may choose. */
  readonly decider?: string
  readonly choices?: readonly (string | number | boolean)[]
  /** A branch: its predicates, in the order of its children. */
  readonly cases?: readonly ((input: never) => unknown)[]
  /** A flow: what is asked between its steps; `before` counts the steps before it. */
  readonly gates?: readonly FlowGate[]
  /** Where children do not simply follow each other: how one leads to another. */
  readonly ways?: readonly Way[]
  /** A loop: when it ends, and after how many rounds at the latest. */
  readonly until?: (round: never) => unknown
  readonly maxIterations?: number
  /** A loop: what makes the input of the next round, and its output, where that is not the body's output. */
  readonly next?: (round: never) => unknown
  readonly result?: (round: never) => unknown
  /** A receive: what it waits for. */
  readonly events?: Readonly<Record<string, StandardSchema>>
  /** A model: it accepts a JSON Schema for its answer; others get it as text in the prompt. */
  readonly takesSchema?: boolean
  /** A model: its own options make it call a tool in each answer. */
  readonly isForced?: boolean
  /** The calls of an agent: how long a person may take to approve one, in ms. */
  readonly approvalTimeout?: number
  /** An agent: its conversation comes out with its output. */
  readonly transcript?: boolean
  /** The calls of an agent: how they are judged. */
  readonly calling?: Calling
  /** What `asTool` says of it as a tool of an agent. */
  readonly tool?: ToolDress
  /** A prompt: its messages as they were written, and the fields that its input must have. */
  readonly prompt?: readonly { readonly role: string; readonly content: unknown }[]
  readonly asks?: readonly string[]
}
/** `asks`: whether each call of the tool waits for a person (`true`), or what decides it, of the input of a call. */
export type Calling = {
  readonly asks: (tool: string) => true | readonly ((input: never) => unknown)[]
  readonly endWith: ReadonlySet<string>
  readonly stopWhen: ((round: never) => unknown) | undefined
  readonly toolErrors: 'tell' | 'fail' | ((error: never, call: never) => unknown)
  readonly maxTurns: number
  readonly onMaxTurns: 'fail' | 'answer' | ((round: never) => unknown)
}
export type ToolDress = {
  /** The output for the model: a text, JSON, or parts. */
  readonly toModel?: (output: never) => unknown
  /** Which of its calls wait for a person; of the parsed input and the call. */
  readonly approve?: true | ((input: never, call: never) => unknown)
  /** The schema of its arguments, where another one of its own follows: a person sees what this one makes of them. */
  readonly input?: StandardSchema
}
export type FlowGate = {
  readonly before: number
  /** It asks whether the flow ends, and not whether the next step runs. */
  readonly ends: boolean
  readonly predicate: (view: never) => unknown
  /** What the flow then outputs, where that is not the value there. */
  readonly result?: (view: never) => unknown
}
export type NodeChild = {
  key: string
  fn: HasNode
  /** The key is free text (a choice), and is escaped in states and paths. */
  text?: boolean
}
export type HasNode = { readonly [NODE]: Node }

/** How a new actor of a machine below another actor is made. */
export type Create = (birth: { id: string; parent: AnyActorRef; input: PoolItem }) => AnyActorRef
/** Where a function says how it runs at a path below a leaf, and which function in it waits for an event from outside. */
export const BELOW: unique symbol = globalSymbol('below') as never
export type Below = { readonly create: Create; readonly waits: string | undefined }
export type HasBelow = HasNode & { readonly [BELOW]: (path: string) => Below }

/** What the user calls a function. */
export const namesOf = ({ name, names = [name] }: Node): readonly string[] => names
