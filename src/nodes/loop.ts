import { PipelineError } from '../errors.ts'
import { lifecycle } from '../compile/lifecycle.ts'
import { assertSync } from '../border/shape.ts'
import { define } from '../define.ts'
import { isIntegerBetween } from '../border/restore.ts'
import { checkFactory } from '../border/options.ts'
import { checkNumber, POSITIVE_INTEGER } from '../border/ranges.ts'
import type { CancelEvent, DescribedBy, EventsOf, Fn, Frame, InputOf, OutputOf, Policy, Returned } from '../types.ts'
import { asFn } from './function.ts'
import type { Answers, Infer, Proper, Slot } from './slot.ts'
import type { AtOnce } from './compatible-inputs.ts'
import { formatValue } from '../border/format-value.ts'

/** The argument of a loop's functions after an iteration: the loop's input, the body's output, and the number of iterations so far. */
export interface Round<I, V> {
  readonly input: I
  readonly value: V
  readonly iteration: number
}
type RoundOf<F> = Round<InputOf<F>, OutputOf<F>>
/** The whole type is conditional: only then the body's input is the contextual type of the result. */
type Next<F> = F extends { run(input: infer I, ...rest: never): unknown }
  ? (round: RoundOf<F>) => I
  : F extends (input: infer I, ...rest: never) => unknown
    ? (round: RoundOf<F>) => I
    : never
type LoopConfig<N, F, R, O, Unset, A extends Answers = Answers> = Policy & {
  name: N
  body: Proper<F, F, A> & Infer<F, R, Unset>
  until: (round: RoundOf<NoInfer<F>>) => boolean
  result?: (((round: RoundOf<NoInfer<F>>) => O) & AtOnce<O, A>) | undefined
  maxIterations: number
}
// A body whose parameter has no type gets that error alone.
type MayHaveNext<F> = [OutputOf<F>] extends [InputOf<F>]
  ? { next?: Next<F> | undefined }
  : [InputOf<F>] extends [never]
    ? { next?: Next<F> | undefined }
    : NeedsNext<
        'the body cannot take its own output: next must make its input from the previous round',
        { output: OutputOf<F>; input: InputOf<F> },
        Next<F>
      >
/** What the compiler shows when a body cannot take its own output and there is no `next`. */
export interface NeedsNext<Message extends string, Details, Make> {
  readonly '~error'?: [Message, Details]
  next: Make
}

/**
 * Repeats `body` until the predicate `until` is true after an iteration. The first input of the body is the loop's; each
 * later one is the body's last output, or the result of `next`. The output is the body's last output, or the result of
 * `result`. `iteration` is the number of iterations so far, from 1. Fails with `max_iterations` if it does not end within
 * `maxIterations`. An `until` or `result` that throws fails the loop; a `next` that throws fails the body.
 *
 * @example
 * const refine = loop({
 *   name: 'refine',
 *   body: improve,
 *   until: ({ value }) => value.score > 8,
 *   maxIterations: 5,
 *   result: ({ value, iteration }) => ({ ...value, rounds: iteration }),
 * })
 */
export function loop<
  const N extends string,
  F extends Slot,
  R extends Returned,
  O extends Returned = never,
  D extends string = never,
  Unset = never,
>(
  config: LoopConfig<N, F, R, O, Unset> & MayHaveNext<F> & { description?: D | undefined },
): Fn<InputOf<F>, [O] extends [never] ? OutputOf<F> : O, N, CancelEvent | EventsOf<F>> & DescribedBy<D, F> {
  checkFactory('loop', config, ['body', 'until', 'next', 'result', 'maxIterations'])
  const { name, body, until, next, result, maxIterations, ...policy } = config as unknown as UntypedConfig
  const owner = `loop ${String(name)}`
  if (typeof until !== 'function') {
    throw new TypeError(
      `${owner} has no until: until is ${formatValue(until)}. Give it until: ({ value, iteration }) => boolean.`,
    )
  }
  for (const [option, code] of Object.entries({ next, result })) {
    if (code === undefined || typeof code === 'function') continue
    throw new TypeError(
      `${owner}: ${option} is not a function but ${formatValue(code)}. Give ({ input, value, iteration }) => …, or leave it out.`,
    )
  }
  checkNumber(owner, 'maxIterations', maxIterations, POSITIVE_INTEGER, { required: true })
  const child = { key: 'body', fn: asFn(body, 'body', owner) }
  return define({
    kind: 'loop',
    name,
    policy,
    children: [child],
    dataFlow: { input: 'first', children: 'round', output: result ? 'unknown' : 'last' },
    layout: 'row',
    facts: {
      until,
      maxIterations,
      ...(next && { next, mapped: ['body'] }),
      ...(result && { result }),
      ways: [
        { from: 'body', to: 'body', label: 'again' },
        { from: 'body', end: 'complete', label: 'until' },
        { from: 'body', end: 'failed', label: `after ${maxIterations}` },
      ],
    },
    compile: (scope) =>
      lifecycle(scope, {
        running: ({ nextAt, broken, fail, failBy }) => {
          scope.restores(({ iteration = 0 }, _, [state]) =>
            isIntegerBetween(iteration, 0, state === 'running' ? maxIterations - 1 : maxIterations)
              ? undefined
              : `is in iteration ${String(iteration)}, and has ${maxIterations} (raise maxIterations, if that was lowered)`,
          )
          const feed = ({ iteration, value, input }: Frame) => {
            if (iteration === undefined) return input
            return next ? next({ input, value, iteration }) : value
          }
          const part = scope.child(child, feed, {
            mapped: next ? 'later rounds' : false,
            round: ({ iteration = 0 }) => iteration + 1,
          })
          const take = scope.action(
            'take:body',
            (frame, { slots }) => {
              const { value } = part.frame(slots)
              const iteration = (frame.iteration ?? 0) + 1
              const round = { input: frame.input, value, iteration }
              if (!assertSync(until(round), 'until', INSTEAD)) return { ...frame, value, iteration, choice: 'again' }
              const output = result ? assertSync(result(round), 'result', INSTEAD) : value
              return { ...frame, value: output, iteration, choice: 'end' }
            },
            { drop: true, failpoint: {} },
          )
          const ended = scope.guard('ended', ({ choice }) => choice === 'end')
          const mayGoOn = scope.guard('mayGoOn', ({ iteration = 0 }) => iteration < maxIterations)
          const endless = fail('exhaust', ({ attempt }) => exhausted(scope.path, attempt, maxIterations), {
            from: 'inside',
          })
          return {
            initial: 'body',
            states: {
              body: { ...part.state, onDone: [...failBy(part), { target: 'checking', actions: take }] },
              checking: {
                always: [
                  broken('inside'),
                  { guard: ended, target: nextAt },
                  { guard: mayGoOn, target: 'body' },
                  ...endless,
                ],
              },
            },
          }
        },
      }),
  }) as never
}

type RoundFunction = (round: Round<unknown, unknown>) => unknown
type UntypedConfig = Policy & {
  name: string
  body: unknown
  until: RoundFunction
  next?: RoundFunction
  result?: RoundFunction
  maxIterations: number
}

const INSTEAD = 'do asynchronous work in the body'

const exhausted = (path: string, attempts: number, max: number) =>
  new PipelineError({
    code: 'max_iterations',
    path,
    state: 'running',
    attempts,
    message: `${path} did not end within ${max} iterations. Raise maxIterations, or fix until.`,
  })
