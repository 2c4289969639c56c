import { formatValue } from '../border/format-value.ts'
import { isDeepEqual } from '../border/shape.ts'
import type { Issue, Json, ToolResult } from '../types.ts'
import { isClientToolCall } from './tool-call-ids.ts'

type IssuePath = Issue['path']
type UnknownFields = Readonly<Record<string, unknown>>
/** Whether a field is valid, its path, and what was expected in place of its value. */
type FieldCheck = readonly [right: boolean, path: IssuePath, expected: string, value: unknown]

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool']
/** The part types of OpenAI's API, and those that gateways add. */
const PART_TYPES = ['text', 'image_url', 'input_audio', 'file', 'refusal', 'video_url']

/** The validation issues of a message: the path, what was expected, and the value. Unknown keys are allowed. */
export function messageIssues(message: unknown, at: IssuePath): Issue[] {
  return messageChecks(message).flatMap(([right, path, expected, value]) =>
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

function messageChecks(message: unknown): FieldCheck[] {
  if (!isObjectValue(message)) return [[false, [], 'a message, { role, content }', message]]
  const { role, content, tool_calls: calls, tool_call_id: id, providerOptions } = message
  if (!ROLES.includes(role as string)) return [[false, ['role'], `one of ${ROLES.join(', ')}`, role]]
  const asks = role === 'assistant' && Array.isArray(calls)
  // Some servers send null when there is no call.
  const isKnown = role !== 'assistant' || calls === undefined || calls === null || asks
  const isSilent = (asks && content === undefined) || (role === 'assistant' && content === null)
  return [
    ...(isSilent ? [] : contentChecks(content)),
    [isKnown, ['tool_calls'], 'a list of calls, { id, type, function: { name, arguments } }', calls],
    ...(asks ? (calls as unknown[]).flatMap(toolCallChecks) : []),
    [role !== 'tool' || isNonEmptyString(id), ['tool_call_id'], 'the id of the call that it answers', id],
    ...extensionChecks(message),
    providerOptionsCheck([], providerOptions),
  ]
}

/** The keys that tinyllm adds to OpenAI's messages: `parts` and `result`. */
export function extensionChecks({ parts, result, tool_calls: calls }: UnknownFields): FieldCheck[] {
  const { provider, content } = Object(parts) as UnknownFields
  const { type } = Object(result) as UnknownFields
  const isWhole = typeof provider === 'string' && Array.isArray(content) && content.every(isObjectValue)
  const isResult = (RESULT_TYPES as unknown[]).includes(type) && 'value' in Object(result)
  return [
    [parts === undefined || isWhole, ['parts'], '{ provider, content: [ … ] }', parts],
    [
      parts === undefined || !isWhole || hasSameToolCalls(content, calls),
      ['parts'],
      'the same calls as in tool_calls',
      undefined,
    ],
    [
      result === undefined || isResult,
      ['result'],
      `{ type, value }, where type is one of ${RESULT_TYPES.join(', ')}`,
      result,
    ],
  ]
}

const RESULT_TYPES = ['json', 'text', 'error-json', 'error-text', 'content'] satisfies ToolResult['type'][]

/** Whether `parts` contains the same tool calls as `tool_calls`, by id. */
function hasSameToolCalls(content: readonly unknown[], calls: unknown): boolean {
  const idsInParts = (content as Json[]).filter(isClientToolCall).map(({ toolCallId }) => toolCallId)
  const ids = Array.isArray(calls) ? calls.map((call: unknown) => (Object(call) as UnknownFields).id) : []
  return idsInParts.length === 0 || isDeepEqual(idsInParts, ids)
}

function contentChecks(content: unknown): FieldCheck[] {
  if (!Array.isArray(content))
    return [[typeof content === 'string', ['content'], 'a string, or an array of parts', content]]
  const parts = (content as unknown[]).flatMap((part, index) => partChecks(part, ['content', index]))
  return [[content.length > 0, ['content'], 'at least one part', undefined], ...parts]
}

function partChecks(part: unknown, at: IssuePath): FieldCheck[] {
  if (!isObjectValue(part)) return [[false, at, "a part, such as { type: 'text', text }", part]]
  const { type, text, image_url: image, providerOptions } = part
  const { url } = Object(image) as UnknownFields
  const isAddress = isNonEmptyString(url) && /^[a-z][a-z\d+.-]*:./i.test(url)
  return [
    [PART_TYPES.includes(type as string), [...at, 'type'], `one of ${PART_TYPES.join(', ')}`, type],
    [type !== 'text' || typeof text === 'string', [...at, 'text'], 'a string', text],
    [type !== 'image_url' || isAddress, [...at, 'image_url', 'url'], 'the URL of an image, or a data: URL', url],
    providerOptionsCheck(at, providerOptions),
  ]
}

function toolCallChecks(call: unknown, index: number): FieldCheck[] {
  const { name, arguments: text } = Object((Object(call) as UnknownFields).function) as UnknownFields
  const at = ['tool_calls', index, 'function']
  return [
    [typeof name === 'string', [...at, 'name'], 'the name of a tool', name],
    [typeof text === 'string', [...at, 'arguments'], 'the arguments as JSON text', text],
  ]
}

const providerOptionsCheck = (at: IssuePath, options: unknown): FieldCheck => [
  options === undefined || isObjectValue(options),
  [...at, 'providerOptions'],
  'an object by provider',
  options,
]

const isNonEmptyString = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isObjectValue = (value: unknown): value is UnknownFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
