import { lifecycle } from '../../compile/lifecycle.ts'
import { type HasNode, memoryAt, type Slots, type Subject } from '../../compile/scope.ts'
import { define } from '../../define.ts'
import { said } from '../../border/ranges.ts'
import { isLate } from '../../border/shape.ts'
import { type Watcher, watcher } from '../../border/watcher.ts'
import { findForeign } from '../../border/saving.ts'
import type { Frame, JsonSchema, StandardSchema, ToolCall } from '../../types.ts'
import { type AgentCall, askingMessage, type ReadCalls } from './calls.ts'
import type { Talk } from './cycle.ts'
import { type Called, calledIn, callOf, substanceOf } from './memory.ts'
import type { Tool } from './tools.ts'

/**
 * What a person says to calls of tools. `id` is that of a call, `ids` are those of several (`'all'` that this agent asks
 * about): give one of them wherever a click could come late, because without any it goes to whatever is asked now.
 * `path` is that of the agent, where several of them ask. `arguments` run instead of those that the model wrote; the
 * tool's schema checks them. `reason` is for the model to read; with `end` the agent fails with the code `rejected`.
 */
export type ApprovalEvent =
  | { type: 'APPROVE'; path?: string; id?: string; ids?: readonly string[] | 'all'; arguments?: unknown }
  | { type: 'REJECT'; path?: string; id?: string; ids?: readonly string[] | 'all'; reason?: string; end?: boolean }

/** Which calls wait for a person's word: all, those of these tools, or those for which it holds. */
export type Asks = true | readonly string[] | ((call: AgentCall) => boolean)

/** Which calls of the model ask. */
export type Asking = {
  /** Whether calls of this tool may ask at all. */
  mayAsk(tool: string): boolean
  mustAsk(call: AgentCall): boolean
}

/** What of an agent asks; says which names are no tools. */
export function asking(owner: string, asks: Asks = [], tools: ReadonlyMap<string, object>): Asking {
  if (asks === true) return { mayAsk: () => true, mustAsk: () => true }
  if (typeof asks !== 'function' && !(Array.isArray(asks) && asks.every((name) => typeof name === 'string'))) {
    throw new TypeError(
      `${owner}: approve is ${said(asks)}. Give true (for every tool), an array of tool names, or (call) => boolean.`,
    )
  }
  if (typeof asks === 'function') {
    const watch = watcher(`approve of ${owner}`, 'The call waits for a person')
    return { mayAsk: () => true, mustAsk: (call) => holds(asks, call, watch) }
  }
  const unknown = asks.find((name) => !tools.has(name))
  if (unknown !== undefined) {
    const known = [...tools.keys()].join(', ') || 'none'
    throw new TypeError(`${owner}: approve names ${unknown}, which is not a tool. The tools are ${known}.`)
  }
  const names = new Set(asks)
  return { mayAsk: (tool) => names.has(tool), mustAsk: ({ name }) => names.has(name) }
}

/** What gives no plain answer (it throws, or is asynchronous) asks, and is told of once. */
function holds(predicate: (call: AgentCall) => unknown, call: AgentCall, watch: Watcher): boolean {
  let answer: unknown = true
  watch(() => {
    answer = predicate(call)
    if (!isLate(answer)) return
    answer = true
    throw new TypeError('it returned a promise, and must be synchronous')
  })
  return Boolean(answer)
}

/** What is asked about now. */
export type AskedCall = AgentCall & { readonly turn: number }

/** Waits for a person's word on one call, which is its input. */
export function approve(tools: ReadonlyMap<string, Tool>, readCalls: ReadCalls): HasNode {
  const events = { APPROVE: known('APPROVE'), REJECT: known('REJECT') }
  return define({
    kind: 'receive',
    name: 'approve',
    facts: { events },
    policy: { tags: ['waiting'], meta: { events: FORMS } },
    compile: (scope) =>
      lifecycle(scope, {
        leaf: true,
        waits: true,
        running: (life) => life.awaits(events, subjectAt(scope.path, tools, readCalls)),
      }),
  })
}

/** A word that names a call is for that call alone; the agent around knows which were judged. */
function subjectAt(path: string, tools: ReadonlyMap<string, Tool>, readCalls: ReadCalls): Subject {
  const owner = path.slice(0, path.lastIndexOf('.'))
  const judged = (id: string, slots: Slots) => callOf(calledIn(memoryAt(slots, owner)), id)?.said
  const asked = (frame: Frame | undefined) => frame?.input as AskedCall | undefined
  /** The calls of the turn that are asked about, now or next. */
  const openIn = (frame: Frame | undefined, slots: Slots): readonly AgentCall[] => {
    if (!frame) return []
    const { messages } = Object(slots.flat().find((one) => one?.path === owner)?.value) as Partial<Talk>
    const calls = readCalls(askingMessage(messages ?? []), calledIn(memoryAt(slots, owner))).filter(({ asks }) => asks)
    return calls.some(({ id }) => id === asked(frame)?.id) ? calls : [asked(frame) as AskedCall]
  }
  const isOpen = (id: string, frame: Frame | undefined, slots: Slots) =>
    openIn(frame, slots).some((call) => call.id === id)
  return {
    owner,
    about: (payload, frame, slots) => {
      const ids = idsIn(payload)
      if (ids === undefined) return undefined
      if (ids.some((id) => judged(id, slots))) return 'before'
      return ids.every((id) => isOpen(id, frame, slots)) ? 'now' : 'unknown'
    },
    objection: (payload, frame, slots, at) => {
      const ids = idsIn(payload) ?? []
      const id = ids.find((each) => judged(each, slots)) ?? ids.find((each) => !isOpen(each, frame, slots)) ?? ''
      const call = asked(frame)
      const now = call && `${at(path)} waits for a decision on ${call.id} (${call.name}) now`
      const word = judged(id, slots)
      if (!word) return now ? `${now}, not on ${id}.` : `${at(path)} does not wait for a decision on ${id} now.`
      return `The call ${id} of ${at(owner)} has already been ${word}, and a call is decided once. ${now ? `${now}.` : `No call is waiting there now.`}`
    },
    misfit: (_, payload, frame, slots) => {
      const { arguments: changed, id, ids } = payload as Word
      if (id !== undefined && ids !== undefined) return 'it has both id and ids; give one of them'
      if (changed === undefined) return undefined
      const open = openIn(frame, slots)
      const meant = ids === 'all' ? open.map((call) => call.id) : (idsIn(payload) ?? [(asked(frame) as AskedCall).id])
      if (meant.length !== 1) return 'arguments are for one call only; send it once for each call, with its id'
      const { name } = open.find((call) => call.id === meant[0]) as AgentCall
      const found = findForeign(changed, 'arguments')
      if (found) return `it holds ${found.what} at ${found.at}; send plain JSON`
      return tools.get(name)?.misfit(changed)?.replace(' Fix them and call again.', '')
    },
    isAside: (payload, frame) => {
      const ids = idsIn(payload)
      return ids !== undefined && !ids.includes((asked(frame) as AskedCall).id) && (payload as Word).end !== true
    },
    shown: (frame) => {
      const { id, name, turn, input } = asked(frame) as AskedCall
      return { events: formsFor(tools.get(name)), input, call: { id, name, turn } }
    },
  }
}

type Word = { id?: string; ids?: readonly string[] | 'all'; arguments?: unknown; reason?: string; end?: boolean }

/** The calls that an event names; those that are open now, where it names none or all. */
function idsIn(payload: object): readonly string[] | undefined {
  const { id, ids } = payload as Word
  if (typeof id === 'string') return [id]
  return Array.isArray(ids) ? (ids as string[]) : undefined
}

/** The calls that a word is for; `open` are those that are asked about, `now` is the one that is shown. */
export const judgedBy = (word: object, now: AskedCall, open: readonly AgentCall[]): readonly string[] =>
  (word as Word).ids === 'all' ? [now.id, ...open.map(({ id }) => id)] : (idsIn(word) ?? [now.id])

/** A word of a person, as it is kept. */
export function wordOf(said: object, call: ToolCall | undefined): Omit<Called, 'id'> {
  const { type, arguments: changed, reason, end } = said as Word & { type: string }
  return type === 'APPROVE'
    ? { said: 'approved', ...(call && { of: substanceOf(call) }), ...(changed !== undefined && { arguments: changed }) }
    : { said: 'rejected', ...(reason !== undefined && { reason }), ...(end === true && { end }) }
}

const TEXT = { type: 'string' }
const IDS = {
  description: "The calls that are meant, where they are several; 'all' for every one that is asked about.",
  anyOf: [{ type: 'array', items: TEXT }, { const: 'all' }],
}
const ID = { ...TEXT, description: 'The call that is meant.' }
const FORMS: Readonly<Record<'APPROVE' | 'REJECT', JsonSchema>> = {
  APPROVE: { type: 'object', properties: { id: ID, ids: IDS, arguments: {} } },
  REJECT: {
    type: 'object',
    properties: {
      id: ID,
      ids: IDS,
      reason: { ...TEXT, description: 'Why, for the model to read.' },
      end: { type: 'boolean', description: 'Ends the agent: it fails with the code rejected.' },
    },
  },
}
const forms = new WeakMap<Tool, typeof FORMS>()

/** The same, with what the tool of a call takes. */
function formsFor(tool: Tool | undefined): typeof FORMS {
  if (!tool) return FORMS
  const known = forms.get(tool)
  if (known) return known
  const changed = { ...tool.form, description: 'Runs with these arguments instead of those that the model wrote.' }
  const { APPROVE } = FORMS
  const properties = { ...(APPROVE.properties as object), arguments: changed }
  const own = { ...FORMS, APPROVE: { ...APPROVE, properties } }
  forms.set(tool, own)
  return own
}

/** Fields of a word, each of its kind where it is given. */
const KINDS: Readonly<Record<string, readonly [isRight: (value: unknown) => boolean, expected: string]>> = {
  id: [(value) => typeof value === 'string', 'a string'],
  ids: [
    (value) =>
      value === 'all' || (Array.isArray(value) && value.length > 0 && value.every((id) => typeof id === 'string')),
    "a list of ids, or 'all'",
  ],
  reason: [(value) => typeof value === 'string', 'a string'],
  end: [(value) => typeof value === 'boolean', 'true or false'],
}

/** What a word may hold; a key that is not known is refused as in any event. */
const known = (type: keyof typeof FORMS): StandardSchema & { '~standard': { jsonSchema: object } } => ({
  '~standard': {
    version: 1,
    vendor: 'tinyllm',
    jsonSchema: { input: () => FORMS[type], output: () => FORMS[type] },
    validate: (value) => {
      const given = value as Record<string, unknown>
      const issues = Object.entries(KINDS).flatMap(([field, [isRight, expected]]) =>
        given[field] === undefined || isRight(given[field]) ? [] : [{ message: `expected ${expected}`, path: [field] }],
      )
      return issues.length > 0 ? { issues } : { value }
    },
  },
})
