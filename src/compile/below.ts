import { PipelineError } from '../errors.ts'
import { said } from '../border/ranges.ts'
import { type Begun, over, ownedByChild } from './begun.ts'
import { readKey } from './call.ts'
import { BELOW, type HasBelow, NODE } from './node.ts'

type Leaf = { readonly path: string; readonly idempotencyKey: string }

/**
 * `ctx.run`: another function as a child of a leaf. Its machine is an actor below the leaf's, as an item is below that of
 * a map: so it ends with it, and what it emits goes the same way up. It is in no snapshot, since the leaf begins again.
 */
export function runBelow(begun: Begun, leaf: Leaf, fn: unknown, input: unknown): Promise<unknown> {
  const ended = start(begun, leaf, fn, input)
  // Nor does the failure of what nobody waits for end the process: its state and the log of the run tell of it.
  ended.catch((error: unknown) => ownedByChild(error))
  return ended
}

async function start(begun: Begun, { path, idempotencyKey }: Leaf, fn: unknown, input: unknown): Promise<unknown> {
  if (!(BELOW in Object(fn))) throw new TypeError(`${path}: ctx.run was given ${said(fn)}. ${TAKES}`)
  const { [NODE]: node, [BELOW]: below } = fn as HasBelow
  const place = begun.placeFor(`${path}.${node.name}`)
  if (!begun.isActive) throw over(place, `${place} was not started, because ${path} has ended`)
  const { waits, create } = below(place)
  if (waits !== undefined) throw waiting(place, waits, node.name)
  const { runId, round } = readKey(idempotencyKey, path)
  // What processes its output has the path and the key of the leaf, and must not have the keys of its children.
  const [, verb] = begun.self.id.split('#')
  const rounds = [round, verb].filter((part) => part !== undefined).join('.')
  const birth = { runId, value: input, ...(rounds !== '' && { round: rounds }) }
  return begun.starts(create({ id: place, parent: begun.self, input: birth }))
}

const TAKES =
  'It takes the result of fn(), chain() or another factory, and its input; call a plain function directly: await it(input, ctx).'

const waiting = (path: string, at: string, name: string) =>
  new PipelineError({
    code: 'run',
    path,
    state: 'running',
    message: `${path} was not started: ${at} waits for an event from outside, and events do not reach a function that is run with ctx.run. Make it a step: put ${name} next to the function, in a chain or a flow.`,
  })
