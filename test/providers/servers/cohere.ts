import { json, namedEvents } from './http.ts'
import { cohereProblems } from './problems.ts'
import { halves, type Turn, type Used, usedIn, type Wire } from './turn.ts'

/** Cohere's Chat, version 2. */
export const cohereWire: Wire = {
  ...cohereProblems,
  requestId: 'x-request-id',
  arguments: 'any JSON',
  reasons: { done: 'COMPLETE', length: 'MAX_TOKENS' },
  wantsStream: ({ body }) => body.stream === true,
  whole: (turn) => {
    const { calls = [] } = turn
    return json({
      id: 'msg_1',
      generation_id: 'gen_1',
      message: {
        role: 'assistant',
        content: contents(turn),
        ...(calls.length > 0 && { tool_calls: calls.map(callOf) }),
      },
      finish_reason: finish(turn),
      usage: usedIn(turn, usage),
    })
  },
  stream: (turn) =>
    namedEvents([
      { type: 'message-start', id: 'gen_1', delta: { message: { role: 'assistant', content: [] } } },
      ...contents(turn).flatMap(contentEvents),
      ...(turn.calls ?? []).map(callOf).flatMap(callEvents),
      { type: 'message-end', delta: { finish_reason: finish(turn), usage: usedIn(turn, usage) } },
    ] as { type: string }[]),
}

type Content = { type: 'text'; text: string } | { type: 'thinking'; thinking: string }
type CohereCall = { id: string; type: 'function'; function: { name: string; arguments: string } }

const contents = ({ thoughts = [], text }: Turn): Content[] => [
  ...thoughts.map(({ text }) => ({ type: 'thinking' as const, thinking: text })),
  ...(text === undefined ? [] : [{ type: 'text' as const, text }]),
]

function contentEvents(content: Content, index: number): object[] {
  const field = content.type
  const text = content.type === 'text' ? content.text : content.thinking
  const wrapped = (content: object) => ({ delta: { message: { content } } })
  return [
    { type: 'content-start', index, ...wrapped({ type: field, [field]: '' }) },
    ...halves(text).map((piece) => ({ type: 'content-delta', index, ...wrapped({ [field]: piece }) })),
    { type: 'content-end', index },
  ]
}

const callOf = ({ id, name, arguments: given }: { id: string; name: string; arguments: string }): CohereCall => ({
  id,
  type: 'function',
  function: { name, arguments: given },
})

function callEvents({ function: { name, arguments: given }, ...call }: CohereCall, index: number): object[] {
  const wrapped = (tool_calls: object) => ({ delta: { message: { tool_calls } } })
  return [
    { type: 'tool-call-start', index, ...wrapped({ ...call, function: { name, arguments: '' } }) },
    ...halves(given).map((piece) => ({
      type: 'tool-call-delta',
      index,
      ...wrapped({ function: { arguments: piece } }),
    })),
    { type: 'tool-call-end', index },
  ]
}

const finish = ({ reason, calls }: Turn): string => reason ?? (calls ? 'TOOL_CALL' : 'COMPLETE')

const usage = ({ input, output }: Used) => {
  const tokens = { input_tokens: input, output_tokens: output }
  return { billed_units: tokens, tokens }
}
