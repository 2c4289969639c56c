import { formatValue } from '../border/format-value.ts'
import { isDeepEqual } from '../border/shape.ts'
import type { Issue, Json, ToolResult } from '../types.ts'
import { isOwnCall } from './call-ids.ts'

type Path = Issue['path']
type Fields = Readonly<Record<string, unknown>>
/** A field, where it is, and what is expected there of what it is not. */
type Check = readonly [right: boolean, path: Path, expected: string, value: unknown]

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool']
/** Of OpenAI's own wire, and what gateways add to it. */
const PARTS = ['text', 'image_url', 'input_audio', 'file', 'refusal', 'video_url']

/** What is wrong with a message, and where: which part of it, and what is expected. Keys that are not known are let through. */
export function problemsOf(message: unknown, at: Path): Issue[] {
  return checksOf(message).flatMap(([right, path, expected, value]) =>
    right
      ? []
      : [
          {
            message: `expected ${expected}${value === undefined ? '' : `, not ${formatValue(value)}`}`,
            path: [...at, ...path],
          },
        ],
  )
}

function checksOf(message: unknown): Check[] {
  if (!isObject(message)) return [[false, [], 'a message, { role, content }', message]]
  const { role, content, tool_calls: calls, tool_call_id: id, providerOptions } = message
  if (!ROLES.includes(role as string)) return [[false, ['role'], `one of ${ROLES.join(', ')}`, role]]
  const asks = role === 'assistant' && Array.isArray(calls)
  // Some servers say null where nothing is called.
  const isKnown = role !== 'assistant' || calls === undefined || calls === null || asks
  const isSilent = (asks && content === undefined) || (role === 'assistant' && content === null)
  return [
    ...(isSilent ? [] : contentChecks(content)),
    [isKnown, ['tool_calls'], 'a list of calls, { id, type, function: { name, arguments } }', calls],
    ...(asks ? (calls as unknown[]).flatMap(callChecks) : []),
    [role !== 'tool' || isText(id), ['tool_call_id'], 'the id of the call that it answers', id],
    ...keptChecks(message),
    optionCheck([], providerOptions),
  ]
}

/** What is kept beside OpenAI's own keys, and leads to other providers. */
export function keptChecks({ parts, result, tool_calls: calls }: Fields): Check[] {
  const { provider, content } = Object(parts) as Fields
  const { type } = Object(result) as Fields
  const isWhole = typeof provider === 'string' && Array.isArray(content) && content.every(isObject)
  const isResult = (RESULTS as unknown[]).includes(type) && 'value' in Object(result)
  return [
    [parts === undefined || isWhole, ['parts'], '{ provider, content: [ … ] }', parts],
    [
      parts === undefined || !isWhole || hasCalls(content, calls),
      ['parts'],
      'the same calls as in tool_calls',
      undefined,
    ],
    [
      result === undefined || isResult,
      ['result'],
      `{ type, value }, where type is one of ${RESULTS.join(', ')}`,
      result,
    ],
  ]
}

const RESULTS = ['json', 'text', 'error-json', 'error-text', 'content'] satisfies ToolResult['type'][]

/** The calls among the parts of a provider are those of the message: its results name them. */
function hasCalls(content: readonly unknown[], calls: unknown): boolean {
  const told = (content as Json[]).filter(isOwnCall).map(({ toolCallId }) => toolCallId)
  const asked = Array.isArray(calls) ? calls.map((call: unknown) => (Object(call) as Fields).id) : []
  return told.length === 0 || isDeepEqual(told, asked)
}

function contentChecks(content: unknown): Check[] {
  if (!Array.isArray(content))
    return [[typeof content === 'string', ['content'], 'a string, or an array of parts', content]]
  const parts = (content as unknown[]).flatMap((part, index) => partChecks(part, ['content', index]))
  return [[content.length > 0, ['content'], 'at least one part', undefined], ...parts]
}

function partChecks(part: unknown, at: Path): Check[] {
  if (!isObject(part)) return [[false, at, "a part, such as { type: 'text', text }", part]]
  const { type, text, image_url: image, providerOptions } = part
  const { url } = Object(image) as Fields
  const isAddress = isText(url) && /^[a-z][a-z\d+.-]*:./i.test(url)
  return [
    [PARTS.includes(type as string), [...at, 'type'], `one of ${PARTS.join(', ')}`, type],
    [type !== 'text' || typeof text === 'string', [...at, 'text'], 'a string', text],
    [type !== 'image_url' || isAddress, [...at, 'image_url', 'url'], 'the URL of an image, or a data: URL', url],
    optionCheck(at, providerOptions),
  ]
}

function callChecks(call: unknown, index: number): Check[] {
  const { name, arguments: text } = Object((Object(call) as Fields).function) as Fields
  const at = ['tool_calls', index, 'function']
  return [
    [typeof name === 'string', [...at, 'name'], 'the name of a tool', name],
    [typeof text === 'string', [...at, 'arguments'], 'the arguments as JSON text', text],
  ]
}

const optionCheck = (at: Path, options: unknown): Check => [
  options === undefined || isObject(options),
  [...at, 'providerOptions'],
  'an object by provider',
  options,
]

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
