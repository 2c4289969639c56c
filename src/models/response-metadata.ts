import { attempt } from '../border/shape.ts'

type ResponseInfo = { id?: unknown; modelId?: unknown; headers?: unknown; providerMetadata?: unknown }

/** The fields of a `response` event: id, model, headers (without cookies, which are secrets) and provider metadata. */
export function responseMetadata({
  id,
  modelId,
  headers,
  providerMetadata,
}: ResponseInfo): Readonly<Record<string, unknown>> {
  const publicHeaders = attempt(() =>
    Object.fromEntries(headerEntries(headers).filter(([name]) => !/^set-cookie/i.test(name))),
  )
  return {
    ...(typeof id === 'string' && id !== '' && { id }),
    ...(typeof modelId === 'string' && { model: modelId }),
    ...(publicHeaders && Object.keys(publicHeaders).length > 0 && { headers: publicHeaders }),
    ...(providerMetadata !== undefined && { providerMetadata }),
  }
}

/** OpenAI's SDK has a `Headers` object, others a record. */
function headerEntries(headers: unknown): [string, unknown][] {
  const { forEach } = Object(headers) as Partial<Headers>
  if (typeof forEach !== 'function') return Object.entries(Object(headers))
  const entries: [string, unknown][] = []
  ;(headers as Headers).forEach((value, name) => entries.push([name, value]))
  return entries
}
