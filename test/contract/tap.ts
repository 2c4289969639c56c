import { checkFactory } from '../../src/border/options.ts'
import { lifecycle } from '../../src/compile/lifecycle.ts'
import { define } from '../../src/define.ts'
import { asNamed } from '../../src/nodes/function.ts'
import type { AnyFn, CancelEvent, DescribedBy, EventsOf, Fn, InputOf, Policy } from '../../src/types.ts'

/**
 * Calls a function on the side with its input, and returns the input. Fails when that function fails.
 *
 * @example
 * chain({ name: 'orders', children: [parse, tap({ name: 'audit', run: (order) => save(order) }), ship] })
 */
export function tap<const N extends string, I>(
  config: Policy & { name: N; run: (input: I) => unknown },
): Fn<I, I, N, CancelEvent>
export function tap<const N extends string, F extends AnyFn, D extends string = never>(
  config: Policy & { name: N; description?: D | undefined; side: F },
): Fn<InputOf<F>, InputOf<F>, N, CancelEvent | EventsOf<F>> & DescribedBy<D, F>
export function tap(config: Policy & { name: string; run?: unknown; side?: unknown }): unknown {
  checkFactory('tap', config, ['run', 'side'])
  const { name, run, side = run, ...policy } = config
  const child = asNamed(side, 0, `tap ${String(name)}`)
  return define({
    kind: 'tap',
    name,
    policy,
    children: [child],
    dataFlow: { input: 'first', children: 'input', output: 'input', fails: 'by children' },
    layout: 'row',
    compile: (scope) =>
      lifecycle(scope, {
        running: ({ failBy, nextAt }) => {
          const part = scope.child(child, (frame) => frame.input)
          const pass = scope.action('pass', (frame) => ({ ...frame, value: frame.input }), { drop: true })
          const onDone = [...failBy(part), { target: nextAt, actions: pass }]
          return { initial: part.key, states: { [part.key]: { ...part.state, onDone } } }
        },
      }),
  })
}
