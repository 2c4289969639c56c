import { PipelineError } from '../errors.ts'
import { formatValue } from '../border/format-value.ts'
import { abortedError, type LeafRun, markPlaced } from './leaf-run.ts'
import { parseIdempotencyKey } from './leaf-input.ts'
import { BELOW, type HasBelow, NODE } from './node.ts'

const lazyMessages = () => import('../border/lazy-messages.ts')

type ParentLeaf = { readonly path: string; readonly idempotencyKey: string }

/**
 * `ctx.run`: runs another function as a child of a leaf. Its machine is a child actor of the leaf's, as an item is of a
 * map's: it is stopped with it, and its events bubble up. It is not persisted, since a restored leaf starts again.
 */
export function runChild(begun: LeafRun, leaf: ParentLeaf, fn: unknown, input: unknown): Promise<unknown> {
  const ended = startChildRun(begun, leaf, fn, input)
  // An ignored promise must not become an unhandled rejection: the failure is in the events and the log of the run.
  ended.catch((error: unknown) => markPlaced(error))
  return ended
}

async function startChildRun(
  begun: LeafRun,
  { path, idempotencyKey }: ParentLeaf,
  fn: unknown,
  input: unknown,
): Promise<unknown> {
  if (!(BELOW in Object(fn))) throw new TypeError((await lazyMessages()).notAFunction(path, formatValue(fn)))
  const { [NODE]: node, [BELOW]: below } = fn as HasBelow
  const place = begun.uniquePath(`${path}.${node.name}`)
  if (!begun.isActive) throw abortedError(place, `${place} was not started, because ${path} has ended`)
  const { waits, create } = below(place)
  if (waits !== undefined) {
    const message = (await lazyMessages()).waitsInsideLeaf(place, waits, node.name)
    throw new PipelineError({ code: 'run', path: place, state: 'running', message })
  }
  const { runId, round } = parseIdempotencyKey(idempotencyKey, path)
  // `processOutput` has the path and key of the leaf, and its children need other keys.
  const [, verb] = begun.self.id.split('#')
  const rounds = [round, verb].filter((part) => part !== undefined).join('.')
  const birth = { runId, value: input, ...(rounds !== '' && { round: rounds }) }
  return begun.startChild(create({ id: place, parent: begun.self, input: birth }))
}
