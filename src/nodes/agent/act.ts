import type { AnyActorRef } from 'xstate'
import { failure } from '../../errors.ts'
import type { TurnCalls, Ending, Finished, OneCall, Runner } from '../../compile/lifecycle.ts'
import { callPoolLogic, lifecycle } from '../../compile/lifecycle.ts'
import { attempt } from '../../border/shape.ts'
import { poolItemsOf } from '../../border/external-events/machines.ts'
import { callKey, type HasNode, type Scope } from '../../compile/scope.ts'
import { define, compileItem } from '../../define.ts'
import type { ChatMessage, Frame, PipelineContext } from '../../types.ts'
import { gateOf } from './call.ts'
import { toolsetOf } from './turn-calls.ts'
import type { ApprovalPolicy } from './approval-policy.ts'
import { type End, endOf, type Ends } from './end-conditions.ts'
import { roundData, withGet } from './round.ts'
import {
  fatalOutcome,
  type CallOutcome,
  outcomeToSave,
  callOutcome,
  type OutcomeOptions,
  type ResultForModel,
  type ToolErrorPolicy,
  notExecuted,
} from './call-outcome.ts'
import { conversation, lastText } from './conversation-state.ts'
import type { AgentTool } from './tools.ts'
import type { ResolvedTools } from './toolset.ts'
import type { RoundCall } from './types.ts'
import { parentOf } from '../../border/actors.ts'

export type ActOptions = Ends & {
  readonly tools: ResolvedTools
  readonly asking: ApprovalPolicy
  readonly approvalTimeout: number | undefined
  readonly concurrency: number
  readonly toolErrors: ToolErrorPolicy
  readonly maxResultLength: number
  /** Whether the turn that the agent is in is its last one. */
  isLast(frame: Frame): boolean
}

/** The result of the calls of a turn: the tool messages, and the end of the agent, if the calls end it. */
export type ActResult = {
  readonly messages: readonly ChatMessage[]
  readonly words: readonly { readonly id: string; readonly said: 'approved' | 'rejected' }[]
  readonly end?: End
}

/** The state in which the calls of a turn are made, each of them as an actor: `act[ID].TOOL`. */
export function act(acting: ActOptions): HasNode {
  const { asking, approvalTimeout, endWith, stopWhen, maxTurns, onMaxTurns } = acting
  const { fixed } = acting.tools
  const children = [...fixed.values()].map(({ name, fn }) => ({ key: name, fn }))
  const tools = [...fixed.values()].map((tool) => {
    const { name, spec } = tool
    return { name, description: spec.description, ...(asking.mayAsk(tool) && { asks: true }) }
  })
  return define({
    kind: 'calls',
    name: 'act',
    policy: { meta: { tools } },
    ...(children.length > 0 && { children }),
    dataFlow: { children: 'unknown', output: 'unknown' },
    layout: 'calls',
    facts: {
      ...(approvalTimeout !== undefined && { approvalTimeout }),
      calling: {
        endWith,
        stopWhen,
        maxTurns,
        onMaxTurns,
        toolErrors: acting.toolErrors as 'tell',
        asks: (name) => {
          const tool = fixed.get(name)
          return tool ? asking.predicates(tool) : []
        },
      },
    },
    compile: (scope) =>
      lifecycle(scope, { running: ({ pool }) => ({ invoke: pool(callPoolLogic(running(scope, acting) as never)) }) }),
  })
}

function running(scope: Scope, acting: ActOptions) {
  const { tools, asking, approvalTimeout: timeout, concurrency, maxResultLength } = acting
  const owner = scope.path.slice(0, scope.path.lastIndexOf('.'))
  const runners = new WeakMap<HasNode, Runner>()
  const runnerOf = (tool: AgentTool): Runner => {
    const known = runners.get(tool.fn)
    if (known) return known
    const made = compileItem(scope, { key: tool.name, fn: tool.fn }, gateOf(tool, { asking, timeout, concurrency }))
    runners.set(tool.fn, made)
    return made
  }
  // Their events and paths are registered before any of them runs.
  for (const tool of tools.fixed.values()) runnerOf(tool)
  if (tools.isAsked) scope.reaches(undefined)

  const how: OutcomeOptions = {
    owner,
    path: scope.path,
    toolErrors: acting.toolErrors,
    maxLength: maxResultLength,
    isFinal: (name) => acting.endWith.has(name),
    hasCodeAt: (path) => scope.hasCodeAt(path),
  }
  const toolOf = ({ name }: OneCall, calls: TurnCalls) => (toolsetOf(calls) ?? tools.fixed).get(name)
  return {
    path: scope.path,
    concurrency,
    toolOf: (call: OneCall, calls: TurnCalls) => {
      const tool = call.problem === undefined ? toolOf(call, calls) : undefined
      return tool && runnerOf(tool)
    },
    unrun: (call: OneCall) => notExecuted(call),
    outcome: (call: OneCall, ending: Ending, calls: TurnCalls) => callOutcome(call, toolOf(call, calls), ending, how),
    fatal: (call: OneCall, ending: Ending, calls: TurnCalls) => fatalOutcome(call, toolOf(call, calls), ending, how),
    begun: ({ id, name, text, input, problem }: OneCall, turn: number) => ({
      type: 'toolCall',
      turn,
      callId: id,
      name,
      arguments: text,
      ...(problem === undefined && { input }),
    }),
    ended: ({ id, name }: OneCall, { told: { success, content, result, cut } }: CallOutcome, turn: number) => [
      {
        type: 'toolResult',
        turn,
        callId: id,
        name,
        success,
        content: result?.type === 'content' ? result.value : content,
      },
      ...(cut === undefined ? [] : [{ type: 'resultCut', turn, callId: id, name, length: cut, maxResultLength }]),
    ],
    finish: (calls: TurnCalls, outcomes: ReadonlyMap<string, CallOutcome>, pool: AnyActorRef): Finished =>
      finish(calls, outcomes, frameOf(pool, owner) as Frame, pool, { acting, owner }),
    toSave: (outcome: CallOutcome, call: OneCall) => outcomeToSave(outcome, call, how),
  }
}

function finish(
  { turn, calls }: TurnCalls,
  outcomes: ReadonlyMap<string, CallOutcome>,
  frame: Frame,
  pool: AnyActorRef,
  { acting, owner }: { acting: ActOptions; owner: string },
): Finished {
  const came = calls.map((call) => ({ call, outcome: outcomes.get(call.id) ?? notExecuted(call) }))
  const messages = came.map(({ call: { id }, outcome: { told } }) => resultOf(id, told))
  const roundCalls = came.map(
    ({ call: { id, name, input }, outcome: { status, output, error } }) =>
      ({ id, name, input, status, ...(output !== undefined && { output }), ...(error && { error }) }) as RoundCall,
  )
  const all = () => [...conversation(frame), ...messages]
  let end: End | undefined
  try {
    const round = () => withGet(roundData(frame, roundCalls, all()), pool, frame)
    end = endOf(acting, round, { calls: roundCalls, lastSaid: () => lastText(messages), isLast: acting.isLast(frame) })
  } catch (thrown) {
    throw failure(thrown, { code: 'run', path: owner, state: 'running', attempts: frame.attempt })
  }
  const acted: ActResult = {
    messages,
    words: came.flatMap(({ call: { id }, outcome: { word } }) => (word ? [{ id, said: word }] : [])),
    ...(end && { end }),
  }
  return {
    output: acted,
    told: messages.map((message) => ({ path: owner, event: { type: 'message', turn, message } })),
  }
}

/** The message that answers a call. */
export const resultOf = (id: string, { content, result }: ResultForModel): ChatMessage => ({
  role: 'tool',
  tool_call_id: id,
  content,
  ...(result && { result }),
})

/** The outcomes so far of the calls of an agent in the actor `self`, by call id. */
export function outcomesIn(self: AnyActorRef, path: string): (id: string) => CallOutcome | undefined {
  // An actor that is being created has no snapshot yet.
  const { children } = Object(attempt(() => self.getSnapshot() as unknown)) as {
    children?: Readonly<Record<string, AnyActorRef | undefined>>
  }
  const pool = children?.[path]
  const items = pool && poolItemsOf(pool)
  return (id) => items?.endOf?.(callKey(id)) as CallOutcome | undefined
}

/** The frame of the agent, in the machine that contains its calls. */
function frameOf(pool: AnyActorRef, owner: string): Frame | undefined {
  const { context } = (parentOf(pool) as AnyActorRef).getSnapshot() as { context: PipelineContext }
  for (const page of context.slots) for (const frame of page) if (frame?.path === owner) return frame
  return undefined
}
