import { json, namedEvents } from './http.ts'
import { anthropicProblems } from './problems.ts'
import { halves, type Turn, type Used, usedIn, valueOf, type Wire } from './turn.ts'

/** Anthropic's Messages. */
export const anthropicWire: Wire = {
  ...anthropicProblems,
  requestId: 'x-request-id',
  arguments: 'anything',
  reasons: { done: 'end_turn', length: 'max_tokens', refusal: 'refusal' },
  wantsStream: ({ body }) => body.stream === true,
  whole: (turn) => json({ ...head, content: blocks(turn), ...stop(turn), usage: usedIn(turn, usage) }),
  stream: (turn) => {
    const { output_tokens, ...read } = usedIn(turn, usage)!
    return namedEvents([
      {
        type: 'message_start',
        message: { ...head, content: [], stop_reason: null, usage: { ...read, output_tokens: 1 } },
      } as { type: string },
      { type: 'ping' },
      ...blocks(turn).flatMap(blockEvents),
      { type: 'message_delta', delta: stop(turn), usage: { output_tokens } } as { type: string },
      { type: 'message_stop' },
    ])
  },
}

const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5-20250929' }

type Block = { type: string; [field: string]: unknown }

function blocks({ thoughts = [], searched, text, calls = [] }: Turn): Block[] {
  return [
    ...thoughts.map(({ text, signature, hidden }) =>
      hidden === undefined
        ? { type: 'thinking', thinking: text, signature }
        : { type: 'redacted_thinking', data: hidden },
    ),
    ...(searched === undefined ? [] : searchOf(searched)),
    ...(text === undefined ? [] : [{ type: 'text', text }]),
    ...calls.map((call) => ({
      type: 'tool_use',
      id: call.id,
      name: call.name,
      input: call.arguments === '' ? {} : valueOf(call.arguments),
      raw: call.arguments,
    })),
  ].map((block) => Object.defineProperty(block as Block, 'raw', { enumerable: false }))
}

const searchOf = ({ query, url, title }: NonNullable<Turn['searched']>): Block[] => [
  { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query }, raw: JSON.stringify({ query }) },
  {
    type: 'web_search_tool_result',
    tool_use_id: 'srvtoolu_1',
    content: [{ type: 'web_search_result', url, title, encrypted_content: 'ZW5jcnlwdGVk', page_age: null }],
  },
]

function blockEvents(block: Block, index: number): { type: string }[] {
  const [empty, deltas] = opened(block)
  return [
    { type: 'content_block_start', index, content_block: empty } as { type: string },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index } as { type: string },
  ]
}

function opened(block: Block): [start: object, deltas: object[]] {
  switch (block.type) {
    case 'thinking':
      return [
        { type: 'thinking', thinking: '', signature: '' },
        [
          ...halves(block.thinking as string).map((thinking) => ({ type: 'thinking_delta', thinking })),
          { type: 'signature_delta', signature: block.signature },
        ],
      ]
    case 'text':
      return [{ type: 'text', text: '' }, halves(block.text as string).map((text) => ({ type: 'text_delta', text }))]
    case 'tool_use':
    case 'server_tool_use':
      return [
        { type: block.type, id: block.id, name: block.name, input: {} },
        halves(block.raw as string).map((partial_json) => ({ type: 'input_json_delta', partial_json })),
      ]
    default:
      return [block, []]
  }
}

const stop = ({ reason, calls }: Turn) => ({
  stop_reason: reason ?? (calls ? 'tool_use' : 'end_turn'),
  stop_sequence: null,
})

function usage({ input, cached = 0, cacheWrite = 0, output }: Used) {
  return {
    input_tokens: input - cached - cacheWrite,
    cache_read_input_tokens: cached,
    cache_creation_input_tokens: cacheWrite,
    output_tokens: output,
  }
}
