import type { TurnCalls, OneCall } from '../../compile/lifecycle.ts'
import type { Frame } from '../../types.ts'
import { readArguments, toolNamed } from './arguments.ts'
import { pendingIn } from './conversation.ts'
import { conversation } from './conversation-state.ts'
import type { Toolset } from './toolset.ts'

/** The tools that were in the model's request, by the calls of its turn. */
const toolsets = new WeakMap<TurnCalls, Toolset>()
export const toolsetOf = (calls: TurnCalls): Toolset | undefined => toolsets.get(calls)

/** The calls of the last message, with parsed arguments; the message is the only place where they are stored. */
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
