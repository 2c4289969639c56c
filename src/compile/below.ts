import { PipelineError } from '../errors.ts'
import { formatValue } from '../border/format-value.ts'
import { type Begun, over, placed } from './begun.ts'
import { readKey } from './call.ts'
import { BELOW, type HasBelow, NODE } from './node.ts'

const seldom = () => import('../border/lazy-messages.ts')

type Leaf = { readonly path: string; readonly idempotencyKey: string }

/**
 * `ctx.run`: another function as a child of a leaf. Its machine is an actor below the leaf's, as an item is below that of
 * a map: so it ends with it, and what it emits goes the same way up. It is in no snapshot, since the leaf begins again.
 */
export function runBelow(begun: Begun, leaf: Leaf, fn: unknown, input: unknown): Promise<unknown> {
  const ended = start(begun, leaf, fn, input)
  // Nor does the failure of what nobody waits for end the process: its state and the log of the run tell of it.
  ended.catch((error: unknown) => placed(error))
  return ended
}

async function start(begun: Begun, { path, idempotencyKey }: Leaf, fn: unknown, input: unknown): Promise<unknown> {
  if (!(BELOW in Object(fn))) throw new TypeError((await seldom()).notAFunction(path, formatValue(fn)))
  const { [NODE]: node, [BELOW]: below } = fn as HasBelow
  const place = begun.placeFor(`${path}.${node.name}`)
  if (!begun.isActive) throw over(place, `${place} was not started, because ${path} has ended`)
  const { waits, create } = below(place)
  if (waits !== undefined) {
    const message = (await seldom()).waitsInsideLeaf(place, waits, node.name)
    throw new PipelineError({ code: 'run', path: place, state: 'running', message })
  }
  const { runId, round } = readKey(idempotencyKey, path)
  // What processes its output has the path and the key of the leaf, and must not have the keys of its children.
  const [, verb] = begun.self.id.split('#')
  const rounds = [round, verb].filter((part) => part !== undefined).join('.')
  const birth = { runId, value: input, ...(rounds !== '' && { round: rounds }) }
  return begun.starts(create({ id: place, parent: begun.self, input: birth }))
}
