import type { TurnCalls, OneCall } from '../../compile/lifecycle.ts'
import type { Frame } from '../../types.ts'
import { readArguments, toolNamed } from './arguments.ts'
import { pendingIn } from './conversation.ts'
import { conversation } from './conversation-state.ts'
import type { Toolset } from './toolset.ts'

/** By the calls of a turn, the tools that the model was told of. */
const toolsets = new WeakMap<TurnCalls, Toolset>()
export const toolsetOf = (calls: TurnCalls): Toolset | undefined => toolsets.get(calls)

/** The calls of the last message, as they are to be made: the message is the only place where they are kept. */
export function callsOf(frame: Frame, tools: Toolset): TurnCalls {
  const list = pendingIn(conversation(frame)).map(({ id, function: { name, arguments: text } }): OneCall => {
    const tool = toolNamed(name, tools)
    if (tool) return { id, name: tool.name, text, ...readArguments(tool, text) }
    const known = [...tools.keys()].join(', ') || 'none'
    return { id, name, text, input: null, problem: `Error: there is no tool ${name}. The tools are: ${known}.` }
  })
  const calls = { turn: frame.iteration ?? 0, calls: list }
  toolsets.set(calls, tools)
  return calls
}
