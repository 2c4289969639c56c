import { PipelineError } from '../errors.ts'
import { lifecycle } from '../compile/lifecycle.ts'
import { isLate } from '../border/shape.ts'
import { define } from '../define.ts'
import { isCount } from '../border/resuming.ts'
import { checkFactory } from '../border/options.ts'
import { checkNumber, COUNT } from '../border/ranges.ts'
import type { CancelEvent, Child, EventsOf, Fn, Frame, InputOf, OutputOf, Policy } from '../types.ts'
import { asFn, type Force } from './function.ts'

/** What the compiler shows when a body cannot take its own output. */
export interface LoopMismatch<Output, Input> {
  readonly '~error': [
    "the output of a loop's body must be a valid input for its next round",
    { output: Output; input: Input },
  ]
}
type Round<F> = { readonly value: OutputOf<F>; readonly iteration: number }

/**
 * Again and again: the body gets the input, then its own output, until the predicate holds after a round.
 * `iteration` counts the rounds done, from 1. Fails with `max_iterations` when it does not end by then; a predicate
 * that throws fails the loop.
 *
 * @example
 * const refine = loop({ name: 'refine', body: improve, until: ({ value }) => value.score > 8, maxIterations: 5 })
 */
export function loop<const N extends string, F extends Child, R>(
  config: Policy & {
    name: N
    body: ([OutputOf<F>] extends [InputOf<F>] ? F : LoopMismatch<OutputOf<F>, InputOf<F>>) & Force<R>
    until: (round: Round<NoInfer<F>>) => boolean
    maxIterations: number
  },
): Fn<InputOf<F>, OutputOf<F>, N, CancelEvent | EventsOf<F>> {
  checkFactory('loop', config, ['body', 'until', 'maxIterations'])
  const { name, body, until, maxIterations, ...policy } = config as unknown as LoopConfig
  const owner = `loop ${String(name)}`
  if (typeof until !== 'function') {
    throw new TypeError(`${owner} has no end. Give it until: ({ value, iteration }) => boolean.`)
  }
  checkNumber(owner, 'maxIterations', maxIterations, COUNT, { required: true })
  const child = { key: 'body', fn: asFn(body, 'body', owner) }
  return define({
    kind: 'loop',
    name,
    policy,
    children: [child],
    facts: {
      until,
      maxIterations,
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
            isCount(iteration, 0, state === 'running' ? maxIterations - 1 : maxIterations)
              ? undefined
              : `is in iteration ${String(iteration)}, and has ${maxIterations} (raise maxIterations, if that was lowered)`,
          )
          const feed = ({ iteration, value, input }: Frame) => (iteration === undefined ? input : value)
          const part = scope.child(child, feed, { round: ({ iteration = 0 }) => iteration + 1 })
          const take = scope.action(
            'take:body',
            (frame, { slots }) => {
              const { value } = part.frame(slots)
              const iteration = (frame.iteration ?? 0) + 1
              return { ...frame, value, iteration, choice: ends(until({ value, iteration })) ? 'end' : 'again' }
            },
            { drop: true },
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

type LoopConfig = Policy & {
  name: string
  body: unknown
  until: (round: { value: unknown; iteration: number }) => unknown
  maxIterations: number
}

function ends(answer: unknown): boolean {
  if (isLate(answer)) {
    throw new TypeError('until gives a promise and must answer at once; let the body say whether it is done')
  }
  return Boolean(answer)
}

const exhausted = (path: string, attempts: number, max: number) =>
  new PipelineError({
    code: 'max_iterations',
    path,
    state: 'running',
    attempts,
    message: `${path} did not end within ${max} iterations. Raise maxIterations, or mend until.`,
  })
