import { attempt } from '../../border/shape.ts'
import { ModelError } from '../../models/failure/model-error.ts'
import { classifyFailure } from '../../models/failure/classify-failure.ts'
import { annotateError as judged, streamError, rootCauseMessage } from '../../models/failure/annotate-error.ts'
import { serverName } from './client.ts'

type SdkErrorFields = { status?: unknown; error?: unknown }

/**
 * Annotates an error of the SDK. For a failed connection, the SDK's message is only "Connection error", so it becomes a
 * `ModelError`. An error that the server sent inside a stream has no status either, but a body.
 */
export function annotateSdkError(thrown: unknown, server: unknown, model: string): unknown {
  const provider = serverName(Object(server) as object)
  const known = attempt(() => describeConnectionError(thrown, `from ${provider} for ${model}`)) ?? thrown
  return judged(known, { provider, model, secrets: [server] })
}

function describeConnectionError(thrown: unknown, of: string): unknown {
  const fields = Object(thrown) as SdkErrorFields
  // A property whose getter throws counts as undefined.
  if (!('status' in fields) || attempt(() => fields.status) !== undefined) return thrown
  if (attempt(() => fields.error) !== undefined) return streamError(thrown)
  // The message for it is the same for all packages.
  if (classifyFailure(thrown, false).kind === 'certificate') return thrown
  return new ModelError(
    'no_connection',
    `no connection ${of}: the model server could not be reached: ${rootCauseMessage(thrown)}. Check the network, and baseURL (or OPENAI_BASE_URL), and that the server runs`,
    { cause: thrown },
  )
}
