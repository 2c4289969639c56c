import { attempt } from '../../border/shape.ts'
import { formatValue } from '../../border/format-value.ts'
import type { ImagePart, Json, ProviderOptions } from '../../types.ts'
import { filePart } from '../pictures/file-part.ts'
import type { LanguageModel } from './model.ts'

export type Part = { readonly type: string; readonly [field: string]: unknown }
/** For whom a prompt is. */
export type Target = { readonly version: LanguageModel['specificationVersion']; readonly provider: string }

/** The content of a user's message in the words of the AI SDK; what those have no words for is refused by its place. */
export function userParts(content: unknown, target: Target, place: string): Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return (content as readonly Part[])
    .map((part, index) => partOf(part, target, `${place}.content[${index}]`))
    .filter((part) => part.type !== 'text' || part.text !== '')
}

/** The text of a content that can be no more than text. */
export const textIn = (content: unknown): string =>
  Array.isArray(content)
    ? content
        .map((part: unknown) => String((Object(part) as Part).text ?? (Object(part) as Part).refusal ?? ''))
        .join('')
    : String(content ?? '')

function partOf(part: Part, target: Target, place: string): Part {
  const options = part.providerOptions === undefined ? {} : { providerOptions: part.providerOptions }
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, ...options }
    case 'image_url':
      return picture(part as never, target, place)
    case 'file':
      return { ...file(part.file, target, place), ...options }
    case 'input_audio':
      return { ...audio(part.input_audio, target), ...options }
    default:
      throw new TypeError(
        `${place}: a part of the type ${formatValue(part.type)} cannot be sent to a model of the AI SDK. Give text, image_url, file or input_audio`,
      )
  }
}

function picture({ image_url: image, providerOptions }: ImagePart, { version, provider }: Target, place: string): Part {
  const { url, detail } = Object(image) as Partial<ImagePart['image_url']>
  const options = detail === undefined ? providerOptions : withDetail(providerOptions, detail, provider)
  return { ...filePart(url, version, place), ...(options && { providerOptions: options }) }
}

/** OpenAI's files are `data:` URLs; one that lies on its server has only an id. */
function file(given: unknown, { version }: Target, place: string): Part {
  const { file_data: data, filename } = Object(given) as Record<string, Json>
  if (typeof data !== 'string' || !data.startsWith('data:')) {
    throw new TypeError(`${place}: a file goes to a model of the AI SDK as data. Give file: { file_data: 'data:…' }`)
  }
  return { ...filePart(data, version, place), ...(typeof filename === 'string' && { filename }) }
}

const AUDIO: Readonly<Record<string, string>> = { mp3: 'audio/mpeg' }

function audio(given: unknown, { version }: Target): Part {
  const { data, format } = Object(given) as Record<string, unknown>
  const mediaType = AUDIO[String(format)] ?? `audio/${String(format)}`
  return { type: 'file', mediaType, data: version === 'v4' ? { type: 'data', data } : data }
}

/** What packages call OpenAI's `detail` of a picture. */
const DETAIL: Readonly<Record<string, string>> = {
  openai: 'imageDetail',
  azure: 'imageDetail',
  deepseek: 'imageDetail',
  cohere: 'detail',
}

/** Under the names by which the model's own package may know it; others do not look there. */
function withDetail(options: ProviderOptions = {}, detail: string, provider: string): ProviderOptions {
  const [family = ''] = provider.split('.')
  const names = new Set(['openai', ...(Object.hasOwn(DETAIL, family) ? [family] : [])])
  const details = [...names].map((name) => [
    name,
    { [DETAIL[name] as string]: detail, ...attempt(() => options[name]) },
  ])
  return { ...options, ...Object.fromEntries(details) }
}
