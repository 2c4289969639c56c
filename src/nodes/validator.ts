import { lifecycle } from '../compile/lifecycle.ts'
import { define } from '../define.ts'
import { checkFactory, POLICY_OPTIONS_WITHOUT_RETRY } from '../border/options.ts'
import type { CancelEvent, Described, Fn, Policy, SchemaInput, SchemaOutput, StandardSchema } from '../types.ts'

/**
 * A schema as a function: returns the output of the schema for its input, fails with `input_validation`.
 *
 * @example
 * const order = validator(z.object({ id: z.string() }), { name: 'order' })
 */
export function validator<S extends StandardSchema, const N extends string = 'validator', D extends string = never>(
  schema: S,
  config: Omit<Policy, 'retry' | 'timeout'> & { name?: N | undefined; description?: D | undefined } = {},
): Fn<SchemaInput<S>, SchemaOutput<S>, NoInfer<N>, CancelEvent> & Described<D, S, SchemaOutput<S>> {
  checkFactory('validator', config, [], POLICY_OPTIONS_WITHOUT_RETRY)
  const { name = 'validator', ...policy } = config
  // A missing schema is passed as null, so that `define` reports it instead of treating it as no schema.
  const input = (schema ?? null) as unknown as StandardSchema
  const names = config.name === undefined ? [] : [name]
  return define({
    kind: 'validator',
    name,
    names,
    policy,
    input,
    dataFlow: { output: 'input' },
    compile: (scope) => lifecycle(scope, {}),
  }) as never
}
