import type { LanguageModel } from '../language/language-model.ts'
import type { LanguagePrompt } from '../language/language-prompt.ts'
import { resultContent } from '../language/result-parts.ts'
import { type FetchedImage, fetchImage, type ImageDownload } from './fetch-image.ts'
import { ImageError, redactUrl } from './image-error.ts'
import { cachedImage, cacheImage } from './image-cache.ts'

/** The URLs that a model accepts: patterns by media type (`image/*`, `*`, `application/pdf`). */
export type SupportedUrls = Readonly<Record<string, readonly RegExp[]>>
type PromptPart = Exclude<LanguagePrompt[number]['content'], string>[number]
type InlineOptions = {
  download?: false | ImageDownload | undefined
  signal: AbortSignal
  /** The path of an image in the messages, for errors: `messages[0].content[1]`. */
  placeOf?: ((address: URL) => string | undefined) | undefined
}

const MAX_CONCURRENT = 4

/** Whether a model accepts this URL, by the AI SDK's `supportedUrls`. */
export function supportsUrl(url: URL | string, mediaType: string, supported: SupportedUrls): boolean {
  const type = mediaType.toLowerCase()
  return Object.entries(supported).some(([pattern, addresses]) => {
    const normalized = pattern.toLowerCase()
    const group = normalized.endsWith('/*') ? normalized.slice(0, -1) : undefined
    // In specification 4, `image` alone is a media type as well.
    const isMeant =
      normalized === '*' ||
      normalized === '*/*' ||
      type === normalized ||
      (group !== undefined && `${type}/`.startsWith(group))
    // `search`, not `test`, which keeps a lastIndex if the pattern is global.
    return isMeant && addresses.some((address) => String(url).search(address) !== -1)
  })
}

/**
 * Downloads the files whose URLs the model does not accept, and returns the prompt with their data. Rejects with an
 * `ImageError`.
 */
export async function inlineImages(
  prompt: LanguagePrompt,
  model: LanguageModel,
  { download = {}, signal, placeOf }: InlineOptions,
): Promise<LanguagePrompt> {
  if (!prompt.some(({ content }) => flattenParts(content).some(fileUrl))) return prompt
  const { supportedUrls } = model as { supportedUrls?: SupportedUrls | PromiseLike<SupportedUrls> }
  const supported = (await supportedUrls) ?? {}
  const images = new Map<string, FetchedImage | undefined>()
  const { specificationVersion: version } = model
  const addressToFetch = (part: PromptPart, isResult: boolean): URL | undefined => {
    const url = fileUrl(part)
    // In a tool result, specification 2 allows no URL.
    const isTaken = url && !(isResult && version === 'v2') && supportsUrl(url, String(part.mediaType), supported)
    return isTaken ? undefined : url
  }
  for (const { role, content } of prompt) {
    for (const part of flattenParts(content)) {
      const url = addressToFetch(part, role === 'tool')
      if (url) images.set(url.href, undefined)
    }
  }
  const fetched = (href: string): Promise<FetchedImage> =>
    download === false
      ? Promise.reject(downloadDisabled(model, new URL(href)))
      : imageAt(href, model, { ...download, signal })
  const queue = [...images.keys()].values()
  const work = async () => {
    for (const href of queue) images.set(href, await fetched(href).catch((thrown) => failed(thrown, href)))
  }
  const failed = (thrown: unknown, href: string): never => {
    const place = placeOf?.(new URL(href))
    if (place !== undefined && thrown instanceof ImageError) thrown.message = `${place}: ${thrown.message}`
    throw thrown
  }
  await Promise.all(Array.from({ length: MAX_CONCURRENT }, work))

  const inlined = (part: PromptPart, isResult = false): PromptPart => {
    const parts = resultContent(part)
    if (parts) return { ...part, output: { ...Object(part.output), value: parts.map((each) => inlined(each, true)) } }
    const image = images.get(addressToFetch(part, isResult)?.href ?? '')
    if (!image) return part
    const { mediaType, base64 } = image
    return { ...part, mediaType, data: version === 'v4' ? { type: 'data', data: base64 } : base64 }
  }
  return prompt.map((message) =>
    typeof message.content === 'string'
      ? message
      : { ...message, content: message.content.map((part) => inlined(part)) },
  )
}

/** The parts of a message, including those in tool results. */
const flattenParts = (content: string | readonly PromptPart[]): readonly PromptPart[] =>
  typeof content === 'string' ? [] : content.flatMap((part) => resultContent(part) ?? [part])

async function imageAt(
  href: string,
  model: LanguageModel,
  options: ImageDownload & { signal: AbortSignal },
): Promise<FetchedImage> {
  const key = JSON.stringify([href, options.maxBytes, options.allowPrivate])
  const known = cachedImage(model, key)
  if (known) return known
  const image = await fetchImage(new URL(href), options)
  cacheImage(model, key, image)
  return image
}

/** The URL of a file part; undefined if it has data. */
function fileUrl({ type, data }: PromptPart): URL | undefined {
  if (type !== 'file') return undefined
  if (data instanceof URL) return data
  const { type: way, url } = Object(data) as { type?: unknown; url?: unknown }
  return way === 'url' && url instanceof URL ? url : undefined
}

const downloadDisabled = ({ provider, modelId }: LanguageModel, url: URL): ImageError =>
  new ImageError(
    `the image ${redactUrl(url)} cannot be sent: ${provider} does not accept its URL for ${modelId}, and imageDownload is false. Give it as a data: URL, or leave imageDownload out`,
  )
