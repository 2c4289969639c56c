import { attempt } from '../../border/shape.ts'
import { ModelError } from '../../models/failure/error.ts'
import { heard } from '../../models/failure/judging.ts'
import { explained as judged, midway, rootOf } from '../../models/failure/explained.ts'
import { hostOf } from './client.ts'

type Thrown = { status?: unknown; error?: unknown }

/**
 * What the SDK throws, explained; or a connection that could not be made, in words: the SDK says no more than
 * "Connection error". What the server says in the midst of a stream has no status either, yet a body.
 */
export function explained(thrown: unknown, server: unknown, model: string): unknown {
  const provider = hostOf(Object(server) as object)
  const known = attempt(() => reached(thrown, `from ${provider} for ${model}`)) ?? thrown
  return judged(known, { provider, model, secrets: [server] })
}

function reached(thrown: unknown, of: string): unknown {
  const told = Object(thrown) as Thrown
  // What cannot be read is not there.
  if (!('status' in told) || attempt(() => told.status) !== undefined) return thrown
  if (attempt(() => told.error) !== undefined) return midway(thrown)
  // The words for it are the same for all packages.
  if (heard(thrown, false).kind === 'certificate') return thrown
  return new ModelError(
    'no_connection',
    `no connection ${of}: the model server could not be reached: ${rootOf(thrown)}. Check the network, and baseURL (or OPENAI_BASE_URL), and that the server runs`,
    { cause: thrown },
  )
}
