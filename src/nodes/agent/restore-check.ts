import type { CompiledChild, RestoreCheck, Slots } from '../../compile/scope.ts'
import { toolCallIds } from '../../models/tool-call-ids.ts'
import { extensionChecks } from '../../models/message-issues.ts'
import { isIntegerBetween } from '../../border/restore.ts'
import { orphanIn, pendingIn } from './conversation.ts'
import { type CallRecord, callRecordsIn } from './memory.ts'
import { inputMessages, type ConversationState, conversationState } from './conversation-state.ts'

type Agent = {
  readonly path: string
  readonly maxTurns: number
  readonly outputRetries: number
  readonly act: CompiledChild
}

/**
 * Checks the state of an agent in a restored run. Calls are stored in the conversation alone, so that the call that a
 * person sees is the call that runs; the pool checks the state of its calls against them.
 */
export const restoreCheck =
  ({ path, maxTurns, outputRetries, act }: Agent): RestoreCheck =>
  (frame, slots) => {
    const { iteration = 0, again = 0, heard = [] } = frame
    // One answer may have been empty; the last turn may be the one without tools.
    if (!isIntegerBetween(again, 0, outputRetries + 1)) return 'has asked for its answer more often than it may'
    if (!isIntegerBetween(iteration, 0, maxTurns + again + 1)) {
      return `its iteration is not a whole number from 0 to ${maxTurns + again}`
    }
    const known = callRecordsIn(slots, path)
    if (!isMemory(known)) return 'its memory is not a list of calls, each with a unique id'
    const talk = conversationState(frame)
    if (!isConversation(talk)) return 'its conversation cannot be read'
    if (!Array.isArray(heard) || !heard.every(isMessage)) return 'what the user said meanwhile cannot be read'
    const remembered = new Set([...known.map(({ id }) => id), ...toolCallIds(inputMessages(frame))])
    const { messages } = talk
    const lost = talk.isNew ? undefined : toolCallIds(messages).find((id) => !remembered.has(id))
    if (lost !== undefined) return `it does not remember the call ${lost} of its conversation`
    const orphan = orphanIn(messages, remembered)
    if (orphan !== undefined) return `its conversation has a result of the call ${orphan}, and not the call`
    const isActing = isLive(act, slots)
    if (isActing !== pendingIn(messages).length > 0) {
      return isActing ? 'its conversation does not lead to act' : 'its conversation has calls that are not made'
    }
    return undefined
  }

const isLive = (part: CompiledChild, slots: Slots): boolean => part.frame(slots)?.path === part.path

function isMemory(called: readonly CallRecord[]): boolean {
  const isCalled = (call: unknown): boolean => {
    const { id, said } = Object(call) as Partial<CallRecord>
    return typeof id === 'string' && [undefined, 'approved', 'rejected'].includes(said)
  }
  return called.every(isCalled) && new Set(called.map(({ id }) => id)).size === called.length
}

function isConversation({ messages, drafts = [], after }: ConversationState): boolean {
  if (after !== undefined) return false
  const isList = Array.isArray(messages) && messages.every(isMessage)
  return isList && Array.isArray(drafts) && drafts.every((place) => isIntegerBetween(place, 0, messages.length - 1))
}

/** Checks only what is needed to find the calls: other keys of a message belong to the model. */
function isMessage(message: unknown): boolean {
  const { role, tool_calls: calls } = Object(message) as { role?: unknown; tool_calls?: unknown }
  const isCall = (call: unknown): boolean => {
    const { id, function: called } = Object(call) as { id?: unknown; function?: unknown }
    const { name, arguments: text } = Object(called) as { name?: unknown; arguments?: unknown }
    return [id, name, text].every((part) => typeof part === 'string')
  }
  const isAsking = !calls || (Array.isArray(calls) && calls.every(isCall))
  const isKept = () => extensionChecks(Object(message) as Record<string, unknown>).every(([right]) => right)
  return typeof role === 'string' && isAsking && isKept()
}
