import type { AnyStateMachine, AnyStateNode } from 'xstate'
import type { Redactor } from './redact.ts'
import type { ChartEdge, ChartEvent, ChartLayout, ChartState, ChartWay } from './line.ts'

/** A machine as data, and the number of each of its states. */
export type MachineChart = {
  readonly root: ChartState
  readonly version?: string
  /** Whether tinyllm compiled it: its context then holds frames. */
  readonly isTinyllm: boolean
  readonly numberOf: ReadonlyMap<AnyStateNode, number>
  /** Of all its functions. */
  readonly paths: ReadonlySet<unknown>
}

type FunctionMeta = {
  schemas?: FunctionSchemas
  path?: unknown
  kind?: unknown
  slot?: unknown
  ownName?: unknown
  item?: unknown
  ways?: unknown
  layout?: unknown
  actors?: unknown
  events?: unknown
  tools?: unknown
  [key: string]: unknown
}
type FunctionSchemas = { readonly [field in 'input' | 'output']?: JsonSource | undefined }
type JsonSource = { '~standard'?: { jsonSchema?: { input(options: { target: string }): unknown } } }
type TransitionDefinition = { target?: readonly AnyStateNode[] | undefined; guard?: unknown; eventType?: string }

/** Whether an event can be sent from outside: the events of XState and tinyllm cannot. */
const isPublic = (event: string): boolean => !/^(xstate|tinyllm)\./.test(event) && event !== '' && event !== '*'

/** Reads the chart of each machine once, however many runs it has. */
export function createChartReader(clean: Redactor): (machine: AnyStateMachine) => MachineChart {
  const known = new WeakMap<object, MachineChart>()
  return (machine) => {
    const found = known.get(machine.config)
    if (found) return found
    const made = machineChart(machine, clean)
    known.set(machine.config, made)
    return made
  }
}

/** The whole chart of a machine, however deep, as the journal has it. */
function machineChart(machine: AnyStateMachine, clean: Redactor): MachineChart {
  const { root } = machine
  const isTinyllm = typeof (root.meta as FunctionMeta | undefined)?.path === 'string'
  const numberOf = new Map<AnyStateNode, number>()
  let numbers = 0
  const count = (node: AnyStateNode): void => {
    numberOf.set(node, numbers++)
    for (const child of Object.values(node.states)) count(child)
    numbers += toolStates(node).length
  }
  count(root)

  const data = (node: AnyStateNode): ChartState => {
    const {
      path,
      kind,
      ownName,
      item,
      ways,
      layout,
      actors,
      slot: _,
      events: __,
      tools,
      ...meta
    } = (node.meta ?? {}) as FunctionMeta
    // Of a state in which tools are called, these stand inside it.
    if (tools !== undefined && layout !== 'calls') meta.tools = tools
    const edges = isTinyllm ? [] : chartEdges(node, numberOf)
    // A function that waits holds the schemas of its events; the state inside it has the transitions.
    const above = node.parent?.meta as FunctionMeta | undefined
    const isAsking = node.key === 'waitingForApproval' && path === undefined
    const takes = !isTinyllm || isAsking || (node.key === 'running' && typeof above?.events === 'object')
    const expected = takes ? outsideEvents(node, above?.events) : []
    const invoke = node.invoke.map(({ src, id }) => (typeof src === 'string' ? src : id))
    const states = [...Object.values(node.states).map(data), ...toolStates(node)]
    const initial = states.length > 0 && node.type === 'compound' ? node.initial.target?.[0]?.key : undefined
    return {
      key: node === root ? machine.id : node.key,
      ...(node.type !== 'atomic' && { type: node.type }),
      ...(typeof path === 'string' && {
        path,
        kind: String(kind),
        ...displayMeta({ ownName, item, ways, layout, actors }),
      }),
      ...(node.description !== undefined && { description: node.description }),
      ...(node.tags.length > 0 && { tags: node.tags }),
      ...jsonSchemas((node.meta as FunctionMeta | undefined)?.schemas),
      ...(Object.keys(meta).length > 0 && { meta: clean('', meta) as ChartState['meta'] }),
      ...(invoke.length > 0 && !isTinyllm && { invoke }),
      ...(initial !== undefined && !isTinyllm && { initial }),
      ...(edges.length > 0 && { edges }),
      ...(expected.length > 0 && { events: expected }),
      ...(states.length > 0 && { states }),
    } as ChartState
  }
  const { version } = machine.config as { version?: string }
  const paths = new Set(Array.from(numberOf.keys(), ({ meta }) => (meta as FunctionMeta | undefined)?.path))
  return { root: data(root), ...(version !== undefined && { version }), isTinyllm, numberOf, paths }
}

/**
 * The tools of an agent, drawn inside the state in which they are called. Each call is an actor with a chart of its own, so
 * the machine has no states for them.
 */
function toolStates({ meta }: AnyStateNode): ChartState[] {
  const { layout, path, tools } = (meta ?? {}) as FunctionMeta
  if (layout !== 'calls' || typeof path !== 'string' || !Array.isArray(tools)) return []
  return (tools as ToolMeta[]).map(({ name, description, asks }) => ({
    key: name,
    path: `${path}.${name}`,
    kind: 'tool',
    tool: true as const,
    actors: 'calls' as const,
    description,
    ...(asks && { asks: true }),
  }))
}
type ToolMeta = { readonly name: string; readonly description: string; readonly asks?: true }

type Shown = 'ownName' | 'item' | 'ways' | 'layout' | 'actors'
/** What the chart of a function says of how it is drawn. */
export const displayMeta = ({
  ownName,
  item,
  ways,
  layout,
  actors,
}: Pick<FunctionMeta, Shown>): Pick<ChartState, Shown> => ({
  ...(typeof ownName === 'string' && { ownName }),
  ...(typeof item === 'string' && { item }),
  ...(Array.isArray(ways) && { ways: ways as readonly ChartWay[] }),
  ...(typeof layout === 'string' && { layout: layout as ChartLayout }),
  ...(actors === 'items' && { actors }),
  ...(layout === 'calls' && { actors: 'calls' }),
})

function chartEdges(node: AnyStateNode, numberOf: ReadonlyMap<AnyStateNode, number>): ChartEdge[] {
  const all: (readonly [string, TransitionDefinition])[] = [
    ...(node.always ?? []).map((edge) => ['', edge as TransitionDefinition] as const),
    ...[...node.transitions].flatMap(([on, edges]) => edges.map((edge) => [on, edge as TransitionDefinition] as const)),
  ]
  return all.map(([on, { target, guard }]) => ({
    on,
    ...(target?.[0] && { to: numberOf.get(target[0]) as number }),
    ...(guard !== undefined && { guard: guardName(guard) }),
  }))
}

function outsideEvents(node: AnyStateNode, schemas: unknown): ChartEvent[] {
  const known = (typeof schemas === 'object' && schemas !== null ? schemas : {}) as Record<string, ChartEvent['schema']>
  return [...node.transitions.keys()].filter(isPublic).map((type) => {
    const schema = Object.hasOwn(known, type) ? known[type] : undefined
    return { type, ...(schema && { schema }) }
  })
}

/** The schemas of a function as JSON Schema, if they convert to it (zod 4.2 and newer does). */
function jsonSchemas(schemas: FunctionSchemas | undefined): Pick<ChartState, 'schema'> {
  const told: Record<string, unknown> = {}
  for (const field of ['input', 'output'] as const) {
    try {
      const json = schemas?.[field]?.['~standard']?.jsonSchema?.input({ target: 'draft-2020-12' })
      if (json !== undefined) told[field] = json
    } catch {
      // Not every schema converts to JSON Schema.
    }
  }
  return Object.keys(told).length > 0 ? { schema: told } : {}
}

function guardName(guard: unknown): string {
  if (typeof guard === 'string') return guard
  const { type, name } = guard as { type?: unknown; name?: unknown }
  return typeof type === 'string' ? type : typeof name === 'string' && name ? name : 'guard'
}
