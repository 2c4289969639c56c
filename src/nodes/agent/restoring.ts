import type { Part, RestoreCheck, Slots } from '../../compile/scope.ts'
import { idsIn } from '../../models/call-ids.ts'
import type { Wrapper } from '../../models/spoken/wrapped.ts'
import { keptChecks } from '../../models/prompt-problems.ts'
import { isCount } from '../../border/resuming.ts'
import { isSame } from '../../border/shape.ts'
import type { ChatMessage, Frame } from '../../types.ts'
import { openingOf } from './answer.ts'
import type { AskedCall } from './approve.ts'
import { askingMessage, type AgentCall, type Call, plainCall, runs } from './calls.ts'
import type { Talk } from './cycle.ts'
import { unheard } from './hearing.ts'
import { type Called, callOf } from './memory.ts'
import type { Told } from './results.ts'
import { readMessage } from '../../models/message.ts'

type Key = 'think' | 'approve' | 'act' | 'observe'
type Turn = { messages: readonly unknown[]; ids: readonly string[] }
type Agent = {
  maxTurns: number
  wrapper: Wrapper | undefined
  talkOf(frame: Frame): Talk
  called(slots: Slots): readonly Called[]
  callsOf(talk: Talk, slots: Slots): Call[]
  inputs: {
    think(talk: Talk, slots: Slots): Turn
    approve(talk: Talk, slots: Slots, frame: Frame): AskedCall | undefined
    act(talk: Talk, slots: Slots): readonly AgentCall[]
    observe(talk: Talk, slots: Slots): Told[]
  }
  children: Readonly<Record<Key, Part | undefined>>
}

/**
 * What is wrong with an agent in a run that is restored. Its calls are in the conversation, and what its children got of
 * them are copies, which must say the same: a person must not be shown one thing and another be done. The definition is
 * asked anew: a call that asks, and that nobody approved, does not run, although it was under way.
 */
export const restoring =
  ({ maxTurns, wrapper, talkOf, called, callsOf, inputs, children }: Agent): RestoreCheck =>
  (frame, slots) => {
    const { iteration = 0, value } = frame
    if (!isCount(iteration, 0, maxTurns)) return `its iteration is not a whole number from 0 to ${maxTurns}`
    const known = called(slots)
    if (!isMemory(known)) return 'its memory is not a list of calls, each with a unique id'
    const [key, part] = Object.entries(children).find(([, child]) => child && isLive(child, slots)) ?? []
    // Before it runs, and after its answer, there is no conversation.
    if (!key || !part) return undefined
    const talk = talkOf(frame)
    const mayAnswer = key === 'observe' && unheard(frame).length > 0
    if (!isTalk(talk, key, value === undefined, mayAnswer)) return `its conversation does not lead to ${key}`
    const remembered = new Set(known.map(({ id }) => id))
    const lost = idsIn(talk.messages).find((id) => !remembered.has(id))
    if (value !== undefined && lost !== undefined) return `it does not remember the call ${lost} of its conversation`
    const orphan = orphanIn(talk.messages, remembered)
    if (orphan !== undefined) return `its conversation has a result of the call ${orphan}, and not the call`

    const { input } = part.frame(slots)
    const calls = () => callsOf(talk, slots)
    switch (key as Key) {
      case 'approve': {
        if (isSame(input, inputs.approve(talk, slots, frame))) return undefined
        // Where the definition asks about nothing any more, whoever is asked still may answer.
        const open = calls().filter(({ problem }) => problem === undefined)
        const [first] = open.filter(({ id }) => !callOf(known, id)?.said).map(plainCall)
        const { turn: _, ...call } = Object(input) as AskedCall
        return !open.some(({ asks }) => asks) && isSame(call, first) ? undefined : differs(key)
      }
      case 'act': {
        if (calls().some(({ asks }) => asks)) return 'it runs its tools, and a call that must be approved was not'
        const may = calls().filter((call) => runs(call))
        const before = calls().filter((call) => runs(call) || call.misfits)
        if (!isSame(input, may.map(plainCall)) && !isSame(input, before.map(plainCall))) return differs(key)
        return wrongRegion(part, input as readonly AgentCall[], slots)
      }
      case 'observe': {
        // Why a call was not made may be put in other words by now; what those gave that were made may not.
        const kept = (one: Told) =>
          talk.told?.some(({ id }) => id === one.id) ? one : { ...one, content: '', result: undefined }
        const given = Array.isArray(input) && input.every(isTold) ? input.map(kept) : undefined
        return isSame(given, inputs.observe(talk, slots).map(kept)) ? undefined : differs(key)
      }
      case 'think': {
        const wanted = inputs.think(talk, slots)
        if (isSame(input, wanted)) return undefined
        const first = { ...wanted, messages: [...openingOf(frame, wrapper), ...unheard(frame)] }
        return value === undefined && isFirst(input, first) ? undefined : differs(key)
      }
    }
  }

/** Of a first turn: the same but for the instructions, which may have been others when it began. */
function isFirst(input: unknown, { messages, ids }: Turn): boolean {
  const given = input as Turn
  if (!Array.isArray(given?.messages)) return false
  const before = given.messages.slice(0, -messages.length) as { role?: unknown }[]
  const isOpening = before.length <= 1 && before.every((message) => message?.role === 'system')
  return isOpening && isSame({ ...given, messages: given.messages.slice(before.length) }, { messages, ids })
}

const isLive = (part: Part, slots: Slots): boolean => part.frame(slots)?.path === part.path
const differs = (key: string): string => `the input of ${key} does not match its conversation`

function isMemory(called: readonly Called[]): boolean {
  const isCalled = (call: unknown): boolean => {
    const { id, said, reason = '' } = Object(call) as Partial<Called>
    return typeof id === 'string' && [undefined, 'approved', 'rejected'].includes(said) && typeof reason === 'string'
  }
  return called.every(isCalled) && new Set(called.map(({ id }) => id)).size === called.length
}

/** Whether a conversation leads to where the agent is: a thought needs none, all else the calls that it is about. */
function isTalk({ messages, told }: Talk, key: string, isNew: boolean, mayAnswer: boolean): boolean {
  if (!Array.isArray(messages) || !messages.every(isMessage)) return false
  if (key === 'observe' ? !(Array.isArray(told ?? []) && (told ?? []).every(isTold)) : told !== undefined) return false
  if (key === 'think') return true
  const last = askingMessage(messages)
  const ids = idsIn([last])
  if (mayAnswer && ids.length === 0) return last.role === 'assistant'
  const isAnswer = !isNew && ids.length > 0 && readMessage(last).issues === undefined
  return isAnswer && ids.length === last.tool_calls?.length
}

/** As little as is needed to find the calls and what is kept of them: what else may stand in a message is the model's affair. */
function isMessage(message: unknown): boolean {
  const { role, tool_calls: calls } = Object(message) as { role?: unknown; tool_calls?: unknown }
  const isCall = (call: unknown): boolean => typeof call === 'object' && call !== null
  const isAsking = !calls || (Array.isArray(calls) && calls.every(isCall))
  return typeof role === 'string' && isAsking && isKept(Object(message) as Record<string, unknown>)
}

const isKept = (message: Readonly<Record<string, unknown>>): boolean => keptChecks(message).every(([right]) => right)

/** The id of a call that was answered, and that no message before the answer asks for. */
function orphanIn(messages: readonly ChatMessage[], known: ReadonlySet<string>): string | undefined {
  const asked = new Set<string>()
  for (const message of messages) {
    const ids = idsIn([message])
    if (message.role !== 'tool') for (const id of ids) asked.add(id)
    else if (ids[0] !== undefined && known.has(ids[0]) && !asked.has(ids[0])) return ids[0]
  }
  return undefined
}

function isTold(one: unknown): boolean {
  const { id, name, success, content, result } = Object(one) as Record<string, unknown>
  const isText = [id, name, content].every((text) => typeof text === 'string') && typeof success === 'boolean'
  return isText && isKept({ result })
}

/** Each tool's region has the inputs of its own calls. */
function wrongRegion({ path }: Part, calls: readonly AgentCall[], slots: Slots): string | undefined {
  const wrong = slots.flat().find((frame) => {
    const name = frame?.path.startsWith(`${path}.`) ? frame.path.slice(path.length + 1) : '.'
    const inputs = calls.filter((call) => call.name === name).map(({ input }) => input)
    return !name.includes('.') && !isSame(frame?.input, inputs)
  })
  return wrong ? differs(wrong.path) : undefined
}
