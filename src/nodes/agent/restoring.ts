import type { Part, RestoreCheck, Scope, Slots } from '../../compile/scope.ts'
import { idsIn } from '../../models/call-ids.ts'
import { isSame } from '../../shape.ts'
import type { Frame } from '../../types.ts'
import { askingMessage, type AgentCall, type Call, plainCall, runs } from './calls.ts'
import type { Talk } from './cycle.ts'
import type { Called } from './memory.ts'
import type { Told } from './results.ts'
import { readMessage } from './think.ts'

type Key = 'think' | 'approve' | 'act' | 'observe'
type Turn = { messages: readonly unknown[]; ids: readonly string[] }
type Agent = {
  scope: Scope
  maxTurns: number
  talkOf(frame: Frame): Talk
  called(slots: Slots): readonly Called[]
  callsOf(talk: Talk, slots: Slots): Call[]
  inputs: {
    think(talk: Talk, slots: Slots): Turn
    approve(talk: Talk, slots: Slots): AgentCall | undefined
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
  ({ scope, maxTurns, talkOf, called, callsOf, inputs, children }: Agent): RestoreCheck =>
  (frame, slots) => {
    const { iteration = 0, value } = frame
    const turns = whole(iteration, maxTurns)
      ? undefined
      : `its iteration is ${shown(iteration)}, and it has 0 to ${maxTurns}`
    const memory = turns ?? wrongMemory(called(slots))
    if (memory) return memory
    const [key, part] = Object.entries(children).find(([, child]) => child && isLive(child, slots)) ?? []
    // Before it runs, and after its answer, there is no conversation.
    if (!key || !part) return undefined
    if (value === undefined && key !== 'think') return `it is in ${key}, and has no conversation`

    const talk = talkOf(frame)
    const spoken = wrongTalk(talk, key !== 'think')
    if (spoken) return spoken
    const known = new Set(called(slots).map(({ id }) => id))
    const lost = value === undefined ? undefined : idsIn(talk.messages).find((id) => !known.has(id))
    if (lost !== undefined) return `the call ${lost} of its conversation is not among those that it remembers`

    const { input } = part.frame(slots)
    const calls = () => callsOf(talk, slots)
    switch (key as Key) {
      case 'approve': {
        if (isSame(input, inputs.approve(talk, slots))) return undefined
        // Where the definition asks about nothing any more, whoever is asked still may answer.
        const open = calls().filter(({ problem }) => problem === undefined)
        const [first] = open.filter(({ id }) => !called(slots).find((call) => call.id === id)?.said).map(plainCall)
        return !open.some(({ asks }) => asks) && isSame(input, first) ? undefined : differs(key)
      }
      case 'act': {
        if (calls().some(({ asks }) => asks)) return 'it runs its tools, and a call that must be approved was not'
        const may = calls().filter((call) => runs(call))
        const before = calls().filter((call) => runs(call) || call.misfits)
        if (!isSame(input, may.map(plainCall)) && !isSame(input, before.map(plainCall))) return differs(key)
        return wrongRegion(part, scope, input as readonly AgentCall[], slots)
      }
      case 'observe': {
        // Why a call was not made may be put in other words by now; what those gave that were made may not.
        const kept = (one: Told) => (talk.told?.some(({ id }) => id === one.id) ? one : { ...one, content: '' })
        const given = Array.isArray(input) && input.every(isTold) ? input.map(kept) : undefined
        return isSame(given, inputs.observe(talk, slots).map(kept)) ? undefined : differs(key)
      }
      case 'think': {
        const wanted = inputs.think(talk, slots)
        if (isSame(input, wanted)) return undefined
        return value === undefined && isFirst(input, { ...wanted, ...(frame.input as Talk) }) ? undefined : differs(key)
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
const whole = (count: unknown, most: number): boolean =>
  Number.isInteger(count) && Number(count) >= 0 && Number(count) <= most
const shown = (value: unknown): string => (typeof value === 'object' ? 'no number' : String(value))
const differs = (key: string): string => `what ${key} was given is not what its conversation says`

function wrongMemory(called: readonly Called[]): string | undefined {
  const ids = called.map((call) => (Object(call) as Partial<Called>).id)
  if (!ids.every((id) => typeof id === 'string') || new Set(ids).size !== ids.length)
    return 'it remembers a call that has no id of its own'
  const isWord = ({ said, reason }: Called) =>
    (said === undefined || said === 'approved' || said === 'rejected') &&
    (reason === undefined || typeof reason === 'string')
  return called.every(isWord) ? undefined : 'it remembers a word on a call that is neither approved nor rejected'
}

function wrongTalk({ messages, told }: Talk, asks: boolean): string | undefined {
  if (!Array.isArray(messages) || !messages.every(isMessage)) return 'its conversation is no list of messages'
  if (told !== undefined && !(Array.isArray(told) && told.every(isTold)))
    return 'what its tools gave is no list of results'
  if (!asks) return undefined
  const last = askingMessage(messages)
  const ids = idsIn([last])
  const isAnswer = readMessage(last).issues === undefined && ids.length > 0
  return isAnswer && ids.length === last.tool_calls?.length
    ? undefined
    : 'its conversation does not end with calls, each with its own id'
}

/** As little as is needed to find the calls: what else may stand in a message is the model's affair. */
function isMessage(message: unknown): boolean {
  const { role, tool_calls: calls } = Object(message) as { role?: unknown; tool_calls?: unknown }
  const isCall = (call: unknown): boolean => typeof call === 'object' && call !== null
  return typeof role === 'string' && (!calls || (Array.isArray(calls) && calls.every(isCall)))
}

function isTold(one: unknown): boolean {
  const { id, name, success, content } = Object(one) as Record<string, unknown>
  return (
    typeof id === 'string' && typeof name === 'string' && typeof success === 'boolean' && typeof content === 'string'
  )
}

/** Each tool's region has the inputs of its own calls. */
function wrongRegion(act: Part, { path }: Scope, calls: readonly AgentCall[], slots: Slots): string | undefined {
  for (const frame of slots.flat()) {
    const [name, ...below] = frame?.path.startsWith(`${act.path}.`)
      ? frame.path.slice(act.path.length + 1).split('.')
      : []
    if (!frame || name === undefined || below.length > 0) continue
    const inputs = calls.filter((call) => call.name === name).map(({ input }) => input)
    if (!isSame(frame.input, inputs))
      return `what the tool ${name} of ${path} was given is not what its conversation says`
  }
  return undefined
}
