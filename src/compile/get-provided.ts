import { globalState } from '../border/global-state.ts'
import { isKey, providedValuesAround } from '../border/provided-values.ts'
import { formatValue } from '../border/format-value.ts'
import { PipelineError } from '../errors.ts'
import { type LeafRun, markPlaced } from './leaf-run.ts'

/** Errors of keys without a value; they are not retried. */
const missing = globalState('missing', () => new WeakSet<object>())
export const isMissingValue = (error: object): boolean => missing.has(error)

type ReadingLeaf = { readonly path: string; readonly attempt: number }

/** `ctx.get`: looks up the value of a key in the runs and machines around an actor. */
export function getProvided({ self }: Pick<LeafRun, 'self'>, leaf: ReadingLeaf, key: unknown): unknown {
  if (!isKey(key))
    throw new TypeError(
      `${leaf.path}: ctx.get takes a key, and was given ${formatValue(key)}. Give what key('name') returned.`,
    )
  let isNamed = false
  for (const values of providedValuesAround(self)) {
    if (values.has(key)) return values.get(key)
    isNamed ||= [...values.keys()].some(({ name }) => name === key.name)
  }
  throw missingValueError(leaf, key.name, self.id.endsWith('#processOutput') ? 'processingOutput' : 'running', isNamed)
}

function missingValueError(
  { path, attempt: attempts }: ReadingLeaf,
  name: string,
  state: string,
  isNamed: boolean,
): PipelineError {
  const what = `the key ${name} has no value`
  const given = `${/^[a-z_$][\w$]*$/i.test(name) ? name : 'key'}.with(value)`
  const remedy = isNamed
    ? `Another key of that name has one: call key('${name}') once, and import the key where it is needed.`
    : `Give the run one: run(input, { provide: [${given}] }), or provided(machine, [${given}]) where the machine is started or invoked. A restored run needs it again.`
  const message = `${path} failed while ${state}: ${what}. ${remedy}`
  const error = new PipelineError({ code: 'run', path, state, attempts, message, cause: new Error(what) })
  // Reading `stack` formats it: an unformatted stack keeps its call sites, and so the values of the run, in memory.
  for (const { stack } of [error, error.cause as Error]) if (stack === '') break
  missing.add(error)
  markPlaced(error)
  return error
}
