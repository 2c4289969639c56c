import { PipelineError, toError } from '../errors.ts'
import { isErrorData } from '../border/restore.ts'
import { lifecycle } from '../compile/lifecycle.ts'
import type { CompiledChild, Slots, State } from '../compile/scope.ts'
import { define } from '../define.ts'
import { checkFactory } from '../border/options.ts'
import type { CancelEvent, DescribedBy, ErrorData, EventsOf, Fn, Frame, Policy } from '../types.ts'
import { type Flat, type InputsOf, listOf, type OutputGiven } from './function.ts'
import type { Mistake, Slot, Infer } from './slot.ts'
import type { Agreeing, Spread } from './compatible-inputs.ts'

type Some<C> = C extends readonly [] ? Mistake<'a fallback needs a child'> : unknown

/**
 * Runs its children in order, each with the input of the fallback, until one succeeds; its output is that child's. If all
 * fail, it fails with `run`: the `cause` is an `AggregateError` of their errors, and the message lists each. Throws a
 * `TypeError` without children, or if two have the same name.
 *
 * @example
 * const answer = fallback({ name: 'answer', children: [bigModel, smallModel, apologise] })
 */
export function fallback<
  const N extends string,
  C extends readonly [Slot, ...Slot[]] | readonly Slot[],
  R,
  D extends string = never,
  Unset = never,
>(
  config: Policy & {
    name: N
    description?: D | undefined
    children: Agreeing<C> & Some<C> & Spread<C> & Infer<C, R, Unset>
  },
): Fn<Flat<InputsOf<C>>, OutputGiven<C[number], Flat<InputsOf<C>>>, N, CancelEvent | EventsOf<C[number]>> &
  DescribedBy<D, C[0]> {
  checkFactory('fallback', config, ['children'])
  const { name, children, ...policy } = config as unknown as Policy & { name: string; children?: readonly unknown[] }
  const list = listOf(children, `fallback ${String(name)}`)
  return define({
    kind: 'fallback',
    name,
    policy,
    children: list,
    dataFlow: { input: 'first', children: 'input', output: 'first' },
    layout: 'attempts',
    compile: (scope) =>
      lifecycle(scope, {
        running: ({ fail, yieldTo }) => {
          const parts = list.map((child) => scope.child(child, (frame) => frame.input))
          scope.restores(({ errors = [] }, _, [state, child]) => {
            const before = parts.findIndex(({ key }) => key === child)
            if (state !== 'running' || (Array.isArray(errors) && errors.length === before && errors.every(isErrorData)))
              return
            return `holds other errors than those of the ${before} children before ${String(child)}`
          })
          const way = (part: CompiledChild, index: number): State => {
            const errorIn = (slots: Slots) => part.frame(slots)?.error
            const withError = (frame: Frame, slots: Slots) => [...(frame.errors ?? []), errorIn(slots) as ErrorData]
            const guard = scope.guard(`failed:${part.key}`, (_, { slots }) => errorIn(slots) !== undefined)
            const following = parts[index + 1]
            if (!following) {
              const all = (frame: Frame, { slots }: { slots: Slots }) =>
                errorIn(slots) && allFailed(scope.path, frame.attempt, withError(frame, slots))
              return yieldTo(part, fail('exhaust', all, { when: guard, drop: true, from: 'inside' }))
            }
            const note = scope.action(
              `note:${part.key}`,
              (frame, { slots }) => ({ ...frame, errors: withError(frame, slots) }),
              { drop: true },
            )
            return yieldTo(part, [{ guard, target: following.key, actions: note }])
          }
          return {
            initial: list[0]?.key as string,
            states: Object.fromEntries(parts.map((part, index) => [part.key, way(part, index)])),
          }
        },
      }),
  }) as never
}

function allFailed(path: string, attempts: number, errors: readonly ErrorData[]): PipelineError {
  const each = errors.map((error) => error.message).join(' ')
  const message = `All ${errors.length} children of ${path} failed: ${each}`
  const cause = new AggregateError(errors.map(toError), message)
  return new PipelineError({ code: 'run', path, state: 'running', attempts, message, cause })
}
