import { findNonJson } from '../../border/json-data.ts'
import { readSlot } from '../../border/slots.ts'
import type { Subject } from '../../compile/scope.ts'
import { attempt } from '../../border/shape.ts'
import type { Frame, JsonSchema, PipelineContext, StandardSchema } from '../../types.ts'
import type { AgentTool } from './tools.ts'

/**
 * A person's decision on tool calls. `id` is that of a call, `ids` are those of several (`'all'` for each that waits in
 * this agent); without either it is for the only call that waits. `path` is that of the call or of the agent, where
 * several wait. `arguments` replace those that the model wrote; the tool's schema checks them. `reason` is sent to the
 * model; with `end` the agent fails with the code `rejected`.
 */
export type ApprovalEvent =
  | { type: 'APPROVE'; path?: string; id?: string; ids?: readonly string[] | 'all'; arguments?: unknown }
  | { type: 'REJECT'; path?: string; id?: string; ids?: readonly string[] | 'all'; reason?: string; end?: boolean }

/** The payload of such an event. */
export type ApprovalDecision = {
  readonly id?: string
  readonly ids?: readonly string[] | 'all'
  readonly arguments?: unknown
  readonly reason?: string
  readonly end?: boolean
}

/** A decision with `end` is for all calls; a wrong list of ids is rejected by each of them. */
function severalIn({ id, ids, end }: ApprovalDecision): readonly string[] | 'all' | undefined {
  if (ids === undefined) return id === undefined && end === true ? 'all' : undefined
  const isList = Array.isArray(ids) && ids.length > 0 && ids.every((one) => typeof one === 'string')
  return ids === 'all' || isList ? ids : undefined
}

/** The ids of the calls that a decision names, if it names any. */
export const callIdsOf = (word: ApprovalDecision): readonly string[] | 'all' | undefined =>
  severalIn(word) ?? (typeof word.id === 'string' ? [word.id] : undefined)

/** A decision that names one call is delivered to that call alone; one that names several, to each of them. */
export function subjectOf(tool: AgentTool): Subject {
  const idOf = ({ call }: PipelineContext) => call?.id ?? ''
  return {
    ownerAt: agentOf,
    about: (payload, frame, { context }) => {
      const ids = callIdsOf(payload as ApprovalDecision)
      if (ids === undefined) return undefined
      if (ids !== 'all' && !ids.includes(idOf(context))) return 'unknown'
      if (frame) return 'now'
      const root = readSlot(context.slots, 0)
      return ids !== 'all' && root?.gate?.approved ? 'before' : 'unknown'
    },
    objection: (payload, frame, { context }, at) => {
      const id = idOf(context)
      const path = readSlot(context.slots, 0)?.path ?? ''
      if (!frame) return alreadyDecided(id, agentOf(at(path)), 'approved')
      const ids = callIdsOf(payload as ApprovalDecision)
      const other = ids === 'all' ? undefined : ids?.find((one) => one !== id)
      return `${at(path)} waits for a decision on ${id} (${tool.name}) now, not on ${other ?? 'others'}.`
    },
    misfit: (_, payload) => {
      const { arguments: changed, id, ids } = payload as ApprovalDecision
      if (id !== undefined && ids !== undefined) return 'it has both id and ids; give one of them'
      if (changed === undefined) return undefined
      if (ids === 'all' || (ids && ids.length > 1))
        return 'arguments are for one call only; send it once for each call, with its id'
      const found = findNonJson(changed, 'arguments')
      if (found) return `it holds ${found.what} at ${found.path}; send plain JSON`
      return tool.misfit(changed)?.replace(' Fix them and call again.', '')
    },
    several: (payload) => severalIn(payload as ApprovalDecision),
    single: (payload) => {
      const { ids: _, ...word } = payload as ApprovalDecision
      return word
    },
    shown: (frame, { call }) => ({ events: formsFor(tool), input: shownOf(tool, frame), ...(call && { call }) }),
  }
}

/** The input that will run: the output of the tool's schema, where that is data. */
function shownOf(tool: AgentTool, frame: Frame): unknown {
  if (tool.seen) return dataOr(tool.seen('given' in frame ? frame.given : frame.input), frame.input)
  if ('given' in frame) return frame.input
  const made = attempt(() => tool.check(frame.input)) as { value?: unknown; issues?: unknown } | undefined
  return made && !made.issues ? dataOr(made.value, frame.input) : frame.input
}

const dataOr = (value: unknown, instead: unknown): unknown => (findNonJson(value, '') ? instead : value)

/** The path of the agent whose call is at this path of a run. */
export const agentOf = (at: string): string => at.slice(0, Math.max(0, at.lastIndexOf('.act[')))

export const alreadyDecided = (id: string, agent: string, word: string): string =>
  `The call ${id} of ${agent} has already been ${word}, and a call is decided once.`

const TEXT = { type: 'string' }
const IDS = {
  description: "The calls that are meant, where they are several; 'all' for every one that is asked about.",
  anyOf: [{ type: 'array', items: TEXT }, { const: 'all' }],
}
const ID = { ...TEXT, description: 'The call that is meant.' }
export const FORMS: Readonly<Record<'APPROVE' | 'REJECT', JsonSchema>> = {
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
const forms = new WeakMap<AgentTool, typeof FORMS>()

/** The same, with the tool's own schema for `arguments`. */
function formsFor(tool: AgentTool): typeof FORMS {
  const known = forms.get(tool)
  if (known) return known
  const changed = { ...tool.form, description: 'Runs with these arguments instead of those that the model wrote.' }
  const { APPROVE } = FORMS
  const properties = { ...(APPROVE.properties as object), arguments: changed }
  const own = { ...FORMS, APPROVE: { ...APPROVE, properties } }
  forms.set(tool, own)
  return own
}

/** The optional fields of a decision, each with its type. */
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

/** The schema of a decision; an unknown key is rejected, as in any event. */
export const decisionSchema = (type: keyof typeof FORMS): StandardSchema & { '~standard': { jsonSchema: object } } => ({
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
