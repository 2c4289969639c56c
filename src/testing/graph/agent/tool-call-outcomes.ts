import type { AnyMachineSnapshot } from 'xstate'
import { type TurnCalls, callPath, type CallsPool, type Ending, type OneCall } from '../../../compile/tool-calls.ts'
import { failure, PipelineError } from '../../../errors.ts'
import type { Frame } from '../../../types.ts'
import { sampleValues } from '../../samples/sample-values.ts'
import type { Definition } from '../../../analysis/definition.ts'
import type { SimulatedEvent } from '../../simulation/simulated-event.ts'
import type { SampleOptions } from '../../samples/sample-options.ts'
import type { TestModel } from '../../simulation/test-model.ts'
import { isUnknownValue } from '../../../analysis/schema/unknown-value.ts'
import { type RoundOutput, type RoundOutcome, forcedRounds, roundKey } from './forced-rounds.ts'

/** How a tool call may end, and the phrase for it; without `ending`, no tool runs it. */
type CallOutcome = { readonly label: string; readonly ending?: Ending }
type Round = {
  readonly snapshot: AnyMachineSnapshot
  readonly calls: TurnCalls
  readonly samples: SampleOptions
  readonly rounds: TestModel['rounds']
}

/**
 * The events that end the tool calls of a turn. Their own pool makes the output of how each call ended, so that the model
 * gets the same messages, and the agent ends in the same way, as in a run.
 */
export function toolCallOutcomes(
  act: Definition,
  pool: CallsPool,
  { snapshot, calls, samples, rounds }: Round,
): SimulatedEvent[] {
  const byCall = calls.calls.map((call) => outcomesOf(act, call, samples))
  const [first = [], ...others] = byCall
  const rest = others.flatMap(([outcome]) => outcome ?? [])
  const outcomes = first
    .filter((_, index) => others.length === 0 || index < 2)
    .map((outcome) => roundOutcome([outcome, ...rest], calls, pool, snapshot))
  for (const each of outcomes) rounds.seen.add(roundKey(act, each))
  const all = [...outcomes, ...forcedRounds(act, outcomes, rounds.forced)]
  return all.map((each, index): SimulatedEvent => {
    const common = { path: act.path, actor: act.path, label: each.label }
    return 'error' in each
      ? { type: 'error', ...common, error: each.error, index }
      : { type: 'done', ...common, value: each.value }
  })
}

function roundOutcome(
  endings: readonly CallOutcome[],
  calls: TurnCalls,
  pool: CallsPool,
  snapshot: AnyMachineSnapshot,
): RoundOutcome {
  const label = endings.map((each) => each.label).join(' and ')
  const { options } = pool
  try {
    const outcomes = calls.calls.map((call, index): [string, unknown] => {
      const { ending } = endings[index] as CallOutcome
      return [call.id, ending ? options.outcome(call, ending, calls) : options.unrun(call)]
    })
    const actor = { options: { parent: { getSnapshot: () => snapshot } } }
    return { label, value: options.finish(calls, new Map(outcomes), actor as never).output as RoundOutput }
  } catch (thrown) {
    return { label, error: thrown as Error }
  }
}

function outcomesOf(act: Definition, call: OneCall, { samples }: SampleOptions): CallOutcome[] {
  const { name, problem } = call
  const tool = act.children.find(({ key }) => key === name)
  if (!tool) return [{ label: `there is no tool ${name}` }]
  if (problem !== undefined) return [{ label: `the arguments of ${name} cannot be read` }]
  const at = callPath(act.path, call)
  const asks = act.node.facts?.calling?.asks(name) ?? []
  const frame = (gate: Frame['gate']): Frame => ({ path: tool.path, attempt: 1, input: call.input, gate })
  const complete: Ending = { state: 'complete', output: outputOf(tool, samples), frame: frame({}) }
  const approved: Ending = { ...complete, frame: frame({ asks: true, approved: true }) }
  const fails = (label: string, error: Error): CallOutcome => ({
    label,
    ending: { state: 'failed', error, frame: frame({}) },
  })
  const error = (code: PipelineError['code'], cause: Error) => failure(cause, { code, path: at, state: 'running' })
  const isAsked = asks === true || asks.length > 0
  return [
    ...(asks === true ? [] : [{ label: `${name} works`, ending: complete }]),
    ...(isAsked ? [{ label: `${name} is approved and works`, ending: approved }] : []),
    fails(`${name} fails`, error('run', new Error('simulated failure'))),
    ...(tool.node.facts?.code && tool.node.output
      ? [fails(`${name} returns what its schema rejects`, error('output_validation', new Error('simulated failure')))]
      : []),
    ...(isAsked
      ? [
          { label: `${name} is rejected`, ending: { state: 'rejected', output: {}, frame: frame({ asks: true }) } },
          {
            label: `${name} is rejected, which ends the agent`,
            ending: { state: 'rejected', output: { end: true }, frame: frame({ asks: true }) },
          },
        ]
      : []),
    fails(`${name} is cancelled`, cancelled(at)),
  ]
}

/** The error of a call that CANCEL_CALL ends. */
function cancelled(path: string): PipelineError {
  const cause = { name: 'CancelCall', message: '' }
  return new PipelineError({ code: 'aborted', path, state: 'running', message: `${path} was aborted.`, cause })
}

function outputOf(tool: Definition, samples: SampleOptions['samples']): unknown {
  const [given] = (samples?.[tool.path] ?? []).filter((value) => !(value instanceof Error))
  if (given !== undefined) return given
  const { output } = tool.node
  const [value] = sampleValues({ schemas: [], placeholders: [], choices: [], partitions: [] }, output)
  return isUnknownValue(value) ? 'text' : value
}
