import { lifecycle } from '../compile/lifecycle.ts'
import { define } from '../define.ts'
import { checkFactory, POLICY_OPTIONS_WITHOUT_RETRY } from '../border/options.ts'
import type { Policy } from '../types.ts'
import type { Pass } from './function.ts'

/**
 * Identity: returns its input, without an actor. In a chain, name the type: `pass<Order>()`.
 *
 * @example
 * decision({ name: 'credit', decide: classify, branches: { good: pass(), bad: reject } })
 */
// NoInfer: `T` must not be inferred from the "any function" that a composite expects.
export function pass<T = unknown, const N extends string = 'pass'>(
  config: Omit<Policy, 'retry' | 'timeout'> & { name?: N | undefined } = {},
): Pass<NoInfer<T>, NoInfer<N>> {
  checkFactory('pass', config, [], POLICY_OPTIONS_WITHOUT_RETRY)
  const { name = 'pass', ...policy } = config
  const names = config.name === undefined ? [] : [name]
  return define({
    kind: 'pass',
    name,
    names,
    policy,
    dataFlow: { output: 'input', fails: 'never' },
    compile: (scope) => lifecycle(scope, {}),
  }) as never
}
