import { json, namedEvents } from './http.ts'
import { responsesProblems } from './problems.ts'
import { halves, type Turn, type Used, usedIn, type Wire } from './turn.ts'

/** OpenAI's Responses. */
export const responsesWire: Wire = {
  ...responsesProblems,
  requestId: 'x-request-id',
  arguments: 'anything',
  reasons: { length: 'max_output_tokens', filter: 'content_filter' },
  wantsStream: ({ body }) => body.stream === true,
  whole: (turn) => json(response(turn, items(turn))),
  stream: (turn) => {
    const output = items(turn)
    return namedEvents(
      [
        { type: 'response.created', response: { ...head, status: 'in_progress', output: [] } },
        ...output.flatMap((item, place) => itemEvents(item, place)),
        { type: 'response.completed', response: response(turn, output) },
      ].map((event, sequence_number) => ({ ...event, sequence_number })),
    )
  },
}

const head = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_750_000_000,
  model: 'gpt-5-mini-2025-08-07',
  error: null,
}

type Item = { type: string; id: string; [field: string]: unknown }

function items({ thoughts = [], searched, text, refusal, sources = [], calls = [] }: Turn): Item[] {
  const said =
    refusal === undefined
      ? {
          type: 'output_text',
          text,
          annotations: sources.map(({ url, title }) => ({
            type: 'url_citation',
            url,
            title,
            start_index: 0,
            end_index: 1,
          })),
          logprobs: [],
        }
      : { type: 'refusal', refusal }
  return [
    ...thoughts.map(({ text, signature }, place) => ({
      type: 'reasoning',
      id: `rs_${place}`,
      summary: text === '' ? [] : [{ type: 'summary_text', text }],
      encrypted_content: signature,
    })),
    ...(searched === undefined
      ? []
      : [
          {
            type: 'web_search_call',
            id: 'ws_1',
            status: 'completed',
            action: { type: 'search', query: searched.query, sources: [{ type: 'url', url: searched.url }] },
          },
        ]),
    ...(text === undefined && refusal === undefined
      ? []
      : [
          {
            type: 'message',
            id: 'msg_1',
            role: 'assistant',
            status: 'completed',
            phase: calls.length > 0 ? 'commentary' : 'final_answer',
            content: [said],
          },
        ]),
    ...calls.map(({ id, name, arguments: given }) => ({
      type: 'function_call',
      id: `fc_${id}`,
      call_id: id,
      name,
      arguments: given,
      status: 'completed',
    })),
  ]
}

function itemEvents(item: Item, output_index: number): { type: string }[] {
  const at = { item_id: item.id, output_index }
  return [
    { type: 'response.output_item.added', output_index, item: emptied(item) } as { type: string },
    ...inner(item, at),
    { type: 'response.output_item.done', output_index, item } as { type: string },
  ]
}

const emptied = (item: Item): Item =>
  item.type === 'reasoning'
    ? { ...item, summary: [], encrypted_content: 'in the making' }
    : item.type === 'message'
      ? { ...item, content: [], status: 'in_progress' }
      : item.type === 'web_search_call'
        ? { type: item.type, id: item.id, status: 'in_progress' }
        : { ...item, arguments: '', status: 'in_progress' }

function inner(item: Item, at: object): { type: string }[] {
  if (item.type === 'web_search_call') return []
  if (item.type === 'function_call') {
    return [
      ...halves(item.arguments as string).map((delta) => ({
        type: 'response.function_call_arguments.delta',
        ...at,
        delta,
      })),
      { type: 'response.function_call_arguments.done', ...at, arguments: item.arguments } as { type: string },
    ]
  }
  if (item.type === 'reasoning') {
    return (item.summary as { text: string }[]).flatMap((part, summary_index) => {
      const where = { ...at, summary_index }
      return [
        { type: 'response.reasoning_summary_part.added', ...where, part: { type: 'summary_text', text: '' } },
        ...halves(part.text).map((delta) => ({ type: 'response.reasoning_summary_text.delta', ...where, delta })),
        { type: 'response.reasoning_summary_text.done', ...where, text: part.text },
        { type: 'response.reasoning_summary_part.done', ...where, part },
      ]
    })
  }
  const [part] = item.content as { type: string; text: string; refusal: string; annotations?: object[] }[]
  const kind = part!.type === 'refusal' ? 'refusal' : 'output_text'
  const where = { ...at, content_index: 0 }
  return [
    {
      type: 'response.content_part.added',
      ...where,
      part: { ...part, [kind === 'refusal' ? 'refusal' : 'text']: '' },
    } as { type: string },
    ...halves(part!.text ?? part!.refusal).map((delta) => ({
      type: `response.${kind}.delta`,
      ...where,
      delta,
      logprobs: [],
    })),
    ...(part!.annotations ?? []).map((annotation, annotation_index) => ({
      type: 'response.output_text.annotation.added',
      ...where,
      annotation_index,
      annotation,
    })),
    { type: 'response.content_part.done', ...where, part } as { type: string },
  ]
}

const response = (turn: Turn, output: Item[]) => ({
  ...head,
  status: turn.reason ? 'incomplete' : 'completed',
  incomplete_details: turn.reason ? { reason: turn.reason } : null,
  output,
  usage: usedIn(turn, usage),
  service_tier: 'default',
})

function usage({ input, cached = 0, output, reasoning = 0 }: Used) {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  }
}
