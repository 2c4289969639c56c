import { dataEvents, json } from './http.ts'
import { openaiProblems, type Problems } from './problems.ts'
import { halves, type Turn, type Used, usedIn, type Wire } from './turn.ts'

/** How a server that speaks like OpenAI's Chat Completions differs from it. */
export type Dialect = {
  /** The fields of a thought, in a message or in a delta of a stream. */
  thinking(turn: Turn): object[]
  /** The fields of a message with thoughts, where it is not the deltas put together. */
  whole?(turn: Turn): object
  usage?(used: Used): object
  /** Where the last chunk of a stream carries the usage. */
  streamUsage?(usage: object): object
  /** The usage stands beside the finish reason, and not in a chunk without choices. */
  usageAtFinish?: true
  /** Where a call carries what signs the thoughts before it. */
  signedCall?(signature: string): object
  problems?: Problems
}

/** OpenAI's Chat Completions and what is like it. */
export const chatWire = ({
  thinking,
  whole = (turn) => joined(thinking(turn)),
  usage = plainUsage,
  streamUsage = (usage) => ({ usage }),
  usageAtFinish,
  signedCall,
  problems = openaiProblems,
}: Dialect): Wire => ({
  ...problems,
  requestId: 'x-request-id',
  arguments: 'anything',
  reasons: { done: 'stop', length: 'length', filter: 'content_filter' },
  wantsStream: ({ body }) => body.stream === true,
  whole: (turn) => {
    const { text = null, refusal } = turn
    const calls = callsOf(turn, signedCall)
    const message = {
      role: 'assistant',
      content: text,
      ...whole(turn),
      ...joined(beside(turn)),
      ...(refusal !== undefined && { refusal }),
      ...(calls.length > 0 && { tool_calls: calls }),
    }
    return json({
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: finish(turn), logprobs: null }],
      usage: usedIn(turn, usage),
    })
  },
  stream: (turn) => {
    const { text = '', refusal = '' } = turn
    const deltas = [
      { role: 'assistant', content: '' },
      ...thinking(turn),
      ...halves(text).map((content) => ({ content })),
      ...beside(turn),
      ...halves(refusal).map((refusal) => ({ refusal })),
      ...callsOf(turn, signedCall).flatMap((call, index) => callDeltas(call, index)),
    ]
    const told = usedIn(turn, usage)
    const used = told && streamUsage(told)
    const last = [{ index: 0, delta: {}, finish_reason: finish(turn) }]
    return dataEvents([
      ...deltas.map((delta) => chunk([{ index: 0, delta, finish_reason: null }])),
      ...(usageAtFinish ? [{ ...chunk(last), ...used }] : [chunk(last), ...(used ? [{ ...chunk([]), ...used }] : [])]),
    ])
  },
})

const head = { id: 'chatcmpl_1', created: 1_750_000_000, model: 'the-model-2025' }
const chunk = (choices: object[]) => ({ ...head, object: 'chat.completion.chunk', choices })
const finish = ({ reason, calls }: Turn): string => reason ?? (calls ? 'tool_calls' : 'stop')

type ChatCall = { id: string; type: 'function'; function: { name: string; arguments: string } }

function callsOf({ calls = [], thoughts = [] }: Turn, signedCall?: (signature: string) => object): ChatCall[] {
  const signature = thoughts.find((thought) => thought.signature)?.signature
  return calls.map(({ id, name, arguments: given }, place) => ({
    id,
    type: 'function' as const,
    function: { name, arguments: given },
    ...(place === 0 && signature !== undefined && signedCall?.(signature)),
  }))
}

function callDeltas({ function: { name, arguments: given }, ...call }: ChatCall, index: number): object[] {
  return [
    { tool_calls: [{ index, ...call, function: { name, arguments: '' } }] },
    ...halves(given).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ]
}

/** Sources, and pictures that the model drew, as OpenRouter has them and OpenAI has some. */
function beside({ sources = [], pictures = [] }: Turn): object[] {
  const annotations = sources.map(({ url, title }) => ({
    type: 'url_citation',
    url_citation: { url, title, start_index: 0, end_index: 1 },
  }))
  const images = pictures.map(({ mediaType, base64 }) => ({
    type: 'image_url',
    image_url: { url: `data:${mediaType};base64,${base64}` },
  }))
  return [...(annotations.length > 0 ? [{ annotations }] : []), ...(images.length > 0 ? [{ images }] : [])]
}

/** Fields of several deltas as one message has them: texts and lists are put together. */
function joined(deltas: object[]): object {
  const fields: Record<string, unknown> = {}
  for (const [name, value] of deltas.flatMap((delta) => Object.entries(delta))) {
    const before = fields[name]
    if (typeof before === 'string') fields[name] = before + String(value)
    else fields[name] = Array.isArray(before) ? [...before, ...(value as unknown[])] : value
  }
  return fields
}

/** Thoughts as a text in a field of their own. */
export const thoughtsIn =
  (field: string) =>
  ({ thoughts = [] }: Turn): object[] =>
    thoughts.flatMap(({ text }) => halves(text).map((piece) => ({ [field]: piece })))

export function plainUsage({ input, cached, output, reasoning }: Used): object {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    ...(cached !== undefined && { prompt_tokens_details: { cached_tokens: cached } }),
    ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  }
}
