import type { AnyMachineSnapshot } from 'xstate'
import { type TurnCalls, callPath, type CallsPool, type Ending, type OneCall } from '../../../compile/tool-calls.ts'
import { failure, PipelineError } from '../../../errors.ts'
import type { Frame } from '../../../types.ts'
import { candidatesFor } from '../../samples/sample-values.ts'
import type { Part } from '../../../analysis/definition.ts'
import type { Happening } from '../../simulation/simulated-event.ts'
import type { Samples } from '../enabled-events.ts'
import type { ChartModel } from '../../simulation/test-model.ts'
import { isWhatever } from '../../../analysis/schema/unknown-value.ts'
import { type Acted, type Came, forcedRounds, roundOf } from './forced-rounds.ts'

/** What a call may come to, in words and as the pool of calls gets it; nothing where no tool runs it. */
type Way = { readonly says: string; readonly ending?: Ending }
type Given = {
  readonly snapshot: AnyMachineSnapshot
  readonly calls: TurnCalls
  readonly samples: Samples
  readonly rounds: ChartModel['rounds']
}

/**
 * What the calls of a turn may come to, as their own pool makes it of how each of them ended: so the model reads, and the
 * agent ends, as in a run.
 */
export function callHappenings(act: Part, pool: CallsPool, { snapshot, calls, samples, rounds }: Given): Happening[] {
  const ways = calls.calls.map((call) => waysOf(act, call, samples))
  const [first = [], ...others] = ways
  const rest = others.flatMap(([way]) => way ?? [])
  const came = first
    .filter((_, index) => others.length === 0 || index < 2)
    .map((way) => cameTo([way, ...rest], calls, pool, snapshot))
  for (const each of came) rounds.seen.add(roundOf(act, each))
  const all = [...came, ...forcedRounds(act, came, rounds.forced)]
  return all.map((each, nth): Happening => {
    const of = { path: act.path, actor: act.path, says: each.says }
    return 'error' in each
      ? { type: 'fails', ...of, error: each.error, nth }
      : { type: 'gives', ...of, value: each.value }
  })
}

function cameTo(ways: readonly Way[], calls: TurnCalls, pool: CallsPool, snapshot: AnyMachineSnapshot): Came {
  const says = ways.map((way) => way.says).join(' and ')
  const { options } = pool
  try {
    const outcomes = calls.calls.map((call, index): [string, unknown] => {
      const { ending } = ways[index] as Way
      return [call.id, ending ? options.outcome(call, ending, calls) : options.unrun(call)]
    })
    const actor = { options: { parent: { getSnapshot: () => snapshot } } }
    return { says, value: options.finish(calls, new Map(outcomes), actor as never).output as Acted }
  } catch (thrown) {
    return { says, error: thrown as Error }
  }
}

function waysOf(act: Part, call: OneCall, { samples }: Samples): Way[] {
  const { name, problem } = call
  const tool = act.children.find(({ key }) => key === name)
  if (!tool) return [{ says: `there is no tool ${name}` }]
  if (problem !== undefined) return [{ says: `the arguments of ${name} cannot be read` }]
  const at = callPath(act.path, call)
  const asks = act.node.facts?.calling?.asks(name) ?? []
  const frame = (gate: Frame['gate']): Frame => ({ path: tool.path, attempt: 1, input: call.input, gate })
  const complete: Ending = { state: 'complete', output: outputOf(tool, samples), frame: frame({}) }
  const approved: Ending = { ...complete, frame: frame({ asks: true, approved: true }) }
  const fails = (says: string, error: Error): Way => ({ says, ending: { state: 'failed', error, frame: frame({}) } })
  const error = (code: PipelineError['code'], cause: Error) => failure(cause, { code, path: at, state: 'running' })
  const isAsked = asks === true || asks.length > 0
  return [
    ...(asks === true ? [] : [{ says: `${name} works`, ending: complete }]),
    ...(isAsked ? [{ says: `${name} is approved and works`, ending: approved }] : []),
    fails(`${name} fails`, error('run', new Error('simulated failure'))),
    ...(tool.node.facts?.code && tool.node.output
      ? [fails(`${name} returns what its schema rejects`, error('output_validation', new Error('simulated failure')))]
      : []),
    ...(isAsked
      ? [
          { says: `${name} is rejected`, ending: { state: 'rejected', output: {}, frame: frame({ asks: true }) } },
          {
            says: `${name} is rejected, which ends the agent`,
            ending: { state: 'rejected', output: { end: true }, frame: frame({ asks: true }) },
          },
        ]
      : []),
    fails(`${name} is cancelled`, cancelled(at)),
  ]
}

/** As a call is ended by CANCEL_CALL. */
function cancelled(path: string): PipelineError {
  const cause = { name: 'CancelCall', message: '' }
  return new PipelineError({ code: 'aborted', path, state: 'running', message: `${path} was aborted.`, cause })
}

function outputOf(tool: Part, samples: Samples['samples']): unknown {
  const [given] = (samples?.[tool.path] ?? []).filter((value) => !(value instanceof Error))
  if (given !== undefined) return given
  const { output } = tool.node
  const [value] = candidatesFor({ schemas: [], asks: [], choices: [], tests: [] }, output)
  return isWhatever(value) ? 'text' : value
}
