import type { AssistantMessage, ChatMessage, ErrorData, RunContext, Settled, ToolCall } from '../../types.ts'
import type { Tool } from './tools.ts'

/** A call of a tool, as a person or a predicate may judge it. */
export type AgentCall = { readonly id: string; readonly name: string; readonly input: unknown }

/** What becomes of a call: it runs, unless somebody must be asked first or there is something wrong with it. */
export type Call = AgentCall & {
  readonly asks?: boolean
  /** Why it does not run, for the model to read. */
  readonly problem?: string
}
export type Results = Readonly<Record<string, readonly Settled<unknown>[]>>

/** The calls of a message, of which some ask for approval and some cannot be made. */
export function readCalls(
  { tool_calls: calls = [] }: AssistantMessage,
  tools: ReadonlyMap<string, Tool>,
  mustAsk: (call: AgentCall) => boolean,
): Call[] {
  return calls.map((call) => {
    const { id, name, input, problem } = read(call, tools)
    if (problem !== undefined) return { id, name, input, problem }
    return mustAsk({ id, name, input }) ? { id, name, input, asks: true } : { id, name, input }
  })
}

function read({ id, function: { name, arguments: text } }: ToolCall, tools: ReadonlyMap<string, Tool>): Call {
  const tool = tools.get(name)
  if (!tool) {
    const known = [...tools.keys()].join(', ') || 'none'
    return { id, name, input: null, problem: `Error: there is no tool ${name}. The tools are: ${known}.` }
  }
  try {
    // Models write nothing at all for a tool without parameters.
    return { id, name, input: tool.inputOf(JSON.parse(text.trim() || '{}')) ?? null }
  } catch {
    return { id, name, input: text, problem: 'Error: the arguments are no JSON. Write them as one JSON object.' }
  }
}

export const runs = ({ asks, problem }: Call): boolean => !asks && problem === undefined

/** What the calls came to, in the order of the calls, as the model is told of it. */
export function tellResults(
  { calls, results }: { calls: readonly Call[]; results: Results },
  ctx: RunContext,
): ChatMessage[] {
  const taken = new Map<string, number>()
  return calls.map(({ id, name, problem }) => {
    let success = false
    let content = problem
    if (content === undefined) {
      const place = taken.get(name) ?? 0
      taken.set(name, place + 1)
      const result = results[name]?.[place] as Settled<unknown>
      success = result.success
      content = result.success ? textOf(result.output) : `Error: ${reasonOf(result.error)}`
    }
    ctx.emit({ type: 'toolResult', id, name, success, content })
    return { role: 'tool', tool_call_id: id, content }
  })
}

const textOf = (output: unknown): string => (typeof output === 'string' ? output : (JSON.stringify(output) ?? 'done'))

/** What a model can do something about: what its arguments lack, or what the tool itself said. */
function reasonOf({ code, issues = [], cause, message }: ErrorData): string {
  if (code === 'input_validation' && issues.length > 0) {
    const each = issues.map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`)
    return `the arguments do not fit: ${each.join('; ')}. Mend them and call again.`
  }
  return code === 'run' && cause?.message ? cause.message : message
}
