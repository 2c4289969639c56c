import type { LanguageModel } from '../language/model.ts'
import type { LanguagePrompt } from '../language/prompt.ts'
import { resultsIn } from '../language/result-parts.ts'
import { type Fetched, fetchPicture, type ImageDownload } from './fetching.ts'
import { PictureError, shown } from './picture-error.ts'
import { kept, keep } from './keeping.ts'

/** Which addresses a model takes as they are: patterns by media type (`image/*`, `*`, `application/pdf`). */
export type SupportedUrls = Readonly<Record<string, readonly RegExp[]>>
type Part = Exclude<LanguagePrompt[number]['content'], string>[number]
type Options = {
  download?: false | ImageDownload | undefined
  signal: AbortSignal
  /** Where a picture stands in what was said, for messages: `messages[0].content[1]`. */
  placeOf?: ((address: URL) => string | undefined) | undefined
}

const AT_ONCE = 4

/** Whether a model takes this address itself, by the AI SDK's `supportedUrls`. */
export function takesUrl(url: URL | string, mediaType: string, supported: SupportedUrls): boolean {
  const type = mediaType.toLowerCase()
  return Object.entries(supported).some(([pattern, addresses]) => {
    const wanted = pattern.toLowerCase()
    const group = wanted.endsWith('/*') ? wanted.slice(0, -1) : undefined
    // `image` alone is a type as well, in specification 4.
    const isMeant =
      wanted === '*' || wanted === '*/*' || type === wanted || (group !== undefined && `${type}/`.startsWith(group))
    // `search`, and not `test`: that one starts where it ended the last time, if the pattern is global.
    return isMeant && addresses.some((address) => String(url).search(address) !== -1)
  })
}

/**
 * The prompt with the files that the model would not take from their addresses fetched, and given as data. Fails with a
 * `PictureError`.
 */
export async function inlinedPictures(
  prompt: LanguagePrompt,
  model: LanguageModel,
  { download = {}, signal, placeOf }: Options,
): Promise<LanguagePrompt> {
  if (!prompt.some(({ content }) => filesIn(content).some(addressOf))) return prompt
  const { supportedUrls } = model as { supportedUrls?: SupportedUrls | PromiseLike<SupportedUrls> }
  const supported = (await supportedUrls) ?? {}
  const wanted = new Map<string, Fetched | undefined>()
  const { specificationVersion: version } = model
  const addressToFetch = (part: Part, isResult: boolean): URL | undefined => {
    const url = addressOf(part)
    // In the result of a tool, version 2 has no place for an address.
    const isTaken = url && !(isResult && version === 'v2') && takesUrl(url, String(part.mediaType), supported)
    return isTaken ? undefined : url
  }
  for (const { role, content } of prompt) {
    for (const part of filesIn(content)) {
      const url = addressToFetch(part, role === 'tool')
      if (url) wanted.set(url.href, undefined)
    }
  }
  const fetched = (href: string): Promise<Fetched> =>
    download === false
      ? Promise.reject(notAllowed(model, new URL(href)))
      : pictureAt(href, model, { ...download, signal })
  const queue = [...wanted.keys()].values()
  const work = async () => {
    for (const href of queue) wanted.set(href, await fetched(href).catch((thrown) => failed(thrown, href)))
  }
  const failed = (thrown: unknown, href: string): never => {
    const place = placeOf?.(new URL(href))
    if (place !== undefined && thrown instanceof PictureError) thrown.message = `${place}: ${thrown.message}`
    throw thrown
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))

  const inlined = (part: Part, isResult = false): Part => {
    const parts = resultsIn(part)
    if (parts) return { ...part, output: { ...Object(part.output), value: parts.map((each) => inlined(each, true)) } }
    const picture = wanted.get(addressToFetch(part, isResult)?.href ?? '')
    if (!picture) return part
    const { mediaType, base64 } = picture
    return { ...part, mediaType, data: version === 'v4' ? { type: 'data', data: base64 } : base64 }
  }
  return prompt.map((message) =>
    typeof message.content === 'string'
      ? message
      : { ...message, content: message.content.map((part) => inlined(part)) },
  )
}

/** The parts of a message, those within the results of tools among them. */
const filesIn = (content: string | readonly Part[]): readonly Part[] =>
  typeof content === 'string' ? [] : content.flatMap((part) => resultsIn(part) ?? [part])

async function pictureAt(
  href: string,
  model: LanguageModel,
  options: ImageDownload & { signal: AbortSignal },
): Promise<Fetched> {
  const key = JSON.stringify([href, options.maxBytes, options.allowPrivate])
  const known = kept(model, key)
  if (known) return known
  const picture = await fetchPicture(new URL(href), options)
  keep(model, key, picture)
  return picture
}

/** Where a file is, if it is not here. */
function addressOf({ type, data }: Part): URL | undefined {
  if (type !== 'file') return undefined
  if (data instanceof URL) return data
  const { type: way, url } = Object(data) as { type?: unknown; url?: unknown }
  return way === 'url' && url instanceof URL ? url : undefined
}

const notAllowed = ({ provider, modelId }: LanguageModel, url: URL): PictureError =>
  new PictureError(
    `the image ${shown(url)} cannot be sent: ${provider} does not accept its URL for ${modelId}, and imageDownload is false. Give it as a data: URL, or leave imageDownload out`,
  )
