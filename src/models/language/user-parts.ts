import { attempt } from '../../border/shape.ts'
import { formatValue } from '../../border/format-value.ts'
import type { ImagePart, Json, ProviderOptions } from '../../types.ts'
import { toFilePart } from '../images/file-part.ts'
import type { LanguageModel } from './language-model.ts'

export type LanguagePart = { readonly type: string; readonly [field: string]: unknown }
/** The model that a prompt is for. */
export type PromptTarget = { readonly version: LanguageModel['specificationVersion']; readonly provider: string }

/**
 * Converts the content of a user message to parts of the AI SDK. Throws a `TypeError` with the path of an unsupported
 * part.
 */
export function userParts(content: unknown, target: PromptTarget, place: string): LanguagePart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return (content as readonly LanguagePart[])
    .map((part, index) => toUserPart(part, target, `${place}.content[${index}]`))
    .filter((part) => part.type !== 'text' || part.text !== '')
}

/** The text of a content that may contain only text. */
export const contentAsText = (content: unknown): string =>
  Array.isArray(content)
    ? content
        .map((part: unknown) =>
          String((Object(part) as LanguagePart).text ?? (Object(part) as LanguagePart).refusal ?? ''),
        )
        .join('')
    : String(content ?? '')

function toUserPart(part: LanguagePart, target: PromptTarget, place: string): LanguagePart {
  const options = part.providerOptions === undefined ? {} : { providerOptions: part.providerOptions }
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, ...options }
    case 'image_url':
      return imagePart(part as never, target, place)
    case 'file':
      return { ...documentPart(part.file, target, place), ...options }
    case 'input_audio':
      return { ...audioPart(part.input_audio, target), ...options }
    default:
      throw new TypeError(
        `${place}: the part type ${formatValue(part.type)} cannot be sent to a model of the AI SDK. Give text, image_url, file or input_audio`,
      )
  }
}

function imagePart(
  { image_url: image, providerOptions }: ImagePart,
  { version, provider }: PromptTarget,
  place: string,
): LanguagePart {
  const { url, detail } = Object(image) as Partial<ImagePart['image_url']>
  const options = detail === undefined ? providerOptions : withImageDetail(providerOptions, detail, provider)
  return { ...toFilePart(url, version, place), ...(options && { providerOptions: options }) }
}

/** OpenAI's `file_data` is a `data:` URL; an uploaded file has only an id. */
function documentPart(given: unknown, { version }: PromptTarget, place: string): LanguagePart {
  const { file_data: data, filename } = Object(given) as Record<string, Json>
  if (typeof data !== 'string' || !data.startsWith('data:')) {
    throw new TypeError(
      `${place}: file_data is ${formatValue(data)}, not a data: URL, which a model of the AI SDK needs. Give file: { file_data: 'data:…' }`,
    )
  }
  return { ...toFilePart(data, version, place), ...(typeof filename === 'string' && { filename }) }
}

const AUDIO_TYPES: Readonly<Record<string, string>> = { mp3: 'audio/mpeg' }

function audioPart(given: unknown, { version }: PromptTarget): LanguagePart {
  const { data, format } = Object(given) as Record<string, unknown>
  const mediaType = AUDIO_TYPES[String(format)] ?? `audio/${String(format)}`
  return { type: 'file', mediaType, data: version === 'v4' ? { type: 'data', data } : data }
}

/** The names of OpenAI's image `detail` in other packages. */
const IMAGE_DETAIL_OPTION: Readonly<Record<string, string>> = {
  openai: 'imageDetail',
  azure: 'imageDetail',
  deepseek: 'imageDetail',
  cohere: 'detail',
}

/** Sets the option under each name that the model's package may read. */
function withImageDetail(options: ProviderOptions = {}, detail: string, provider: string): ProviderOptions {
  const [family = ''] = provider.split('.')
  const names = new Set(['openai', ...(Object.hasOwn(IMAGE_DETAIL_OPTION, family) ? [family] : [])])
  const details = [...names].map((name) => [
    name,
    { [IMAGE_DETAIL_OPTION[name] as string]: detail, ...attempt(() => options[name]) },
  ])
  return { ...options, ...Object.fromEntries(details) }
}
