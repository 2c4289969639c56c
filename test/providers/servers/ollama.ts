import { json, lines } from './http.ts'
import { ollamaProblems } from './problems.ts'
import { halves, type Turn, type Used, usedIn, valueOf, type Wire } from './turn.ts'

/** Ollama's own chat. */
export const ollamaWire: Wire = {
  ...ollamaProblems,
  requestId: 'x-request-id',
  arguments: 'objects',
  reasons: { done: 'stop', length: 'length' },
  wantsStream: ({ body }) => body.stream === true,
  whole: (turn) => {
    const thinking = (turn.thoughts ?? []).map(({ text }) => text).join('')
    const calls = callsOf(turn)
    const message = {
      role: 'assistant',
      content: turn.text ?? '',
      ...(thinking && { thinking }),
      ...(calls.length > 0 && { tool_calls: calls }),
    }
    return json({ ...head, message, ...done(turn) })
  },
  stream: (turn) => {
    const pieces = [
      ...(turn.thoughts ?? []).flatMap(({ text }) => halves(text).map((thinking) => ({ content: '', thinking }))),
      ...halves(turn.text ?? '').map((content) => ({ content })),
      ...callsOf(turn).map((call) => ({ content: '', tool_calls: [call] })),
    ]
    return lines([
      ...pieces.map((piece) => ({ ...head, message: { role: 'assistant', ...piece }, done: false })),
      { ...head, message: { role: 'assistant', content: '' }, ...done(turn) },
    ])
  },
}

const head = { model: 'qwen3', created_at: '2025-06-01T12:00:00Z' }

const callsOf = ({ calls = [] }: Turn): object[] =>
  calls.map(({ id, name, arguments: given }, index) => ({
    id,
    function: { index, name, arguments: given === '' ? {} : valueOf(given) },
  }))

const done = (turn: Turn) => ({
  done: true,
  done_reason: turn.reason ?? 'stop',
  ...usedIn(turn, usage),
  total_duration: 1,
})

const usage = ({ input, output }: Used) => ({ prompt_eval_count: input, eval_count: output })
