import { globalState } from '../border/global-state.ts'
import { isKey, providedValuesAround } from '../border/provided-values.ts'
import { formatValue } from '../border/format-value.ts'
import { PipelineError } from '../errors.ts'
import { type Begun, placed } from './begun.ts'

/** Errors of keys without a value: another attempt has none either. */
const missing = globalState('missing', () => new WeakSet<object>())
export const isMissing = (error: object): boolean => missing.has(error)

type Leaf = { readonly path: string; readonly attempt: number }

/** `ctx.get`: looked for when it is asked for, so that it costs nothing else. */
export function getFrom({ self }: Pick<Begun, 'self'>, leaf: Leaf, key: unknown): unknown {
  if (!isKey(key))
    throw new TypeError(
      `${leaf.path}: ctx.get takes a key, and was given ${formatValue(key)}. Give what key('name') returned.`,
    )
  let isNamed = false
  for (const values of providedValuesAround(self)) {
    if (values.has(key)) return values.get(key)
    isNamed ||= [...values.keys()].some(({ name }) => name === key.name)
  }
  throw withoutValue(leaf, key.name, self.id.endsWith('#processOutput') ? 'processingOutput' : 'running', isNamed)
}

function withoutValue({ path, attempt: attempts }: Leaf, name: string, state: string, isNamed: boolean): PipelineError {
  const what = `the key ${name} has no value`
  const given = `${/^[a-z_$][\w$]*$/i.test(name) ? name : 'key'}.with(value)`
  const remedy = isNamed
    ? `Another key of that name has one: call key('${name}') once, and import the key where it is needed.`
    : `Give the run one: run(input, { provide: [${given}] }), or provided(machine, [${given}]) where the machine is started or invoked. A restored run needs it again.`
  const message = `${path} failed while ${state}: ${what}. ${remedy}`
  const error = new PipelineError({ code: 'run', path, state, attempts, message, cause: new Error(what) })
  // Until somebody reads it, a stack holds on to what was called, and by that to the values of the run.
  for (const { stack } of [error, error.cause as Error]) if (stack === '') break
  missing.add(error)
  placed(error)
  return error
}
