import { crc32 } from 'node:zlib'
import { json, type Reply } from './http.ts'
import { bedrockProblems } from './problems.ts'
import { halves, type Turn, type Used, usedIn, valueOf, type Wire } from './turn.ts'

/** Amazon Bedrock's Converse and ConverseStream. */
export const bedrockWire: Wire = {
  ...bedrockProblems,
  get overloaded() {
    return frame('serviceUnavailableException', { message: 'Bedrock is unable to process your request.' }, 'exception')
  },
  requestId: 'x-amzn-requestid',
  arguments: 'anything',
  reasons: { done: 'end_turn', length: 'max_tokens', filter: 'guardrail_intervened' },
  wantsStream: ({ path }) => path.endsWith('/converse-stream'),
  whole: (turn) =>
    json({
      output: { message: { role: 'assistant', content: blocks(turn) } },
      stopReason: stop(turn),
      usage: usedIn(turn, usage),
      metrics: { latencyMs: 1 },
    }),
  stream: (turn): Reply => ({
    headers: { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': 'req_1' },
    pieces: [
      frame('messageStart', { role: 'assistant' }),
      ...blocks(turn, true).flatMap(blockFrames),
      frame('messageStop', { stopReason: stop(turn) }),
      frame('metadata', { usage: usedIn(turn, usage), metrics: { latencyMs: 1 } }),
    ],
  }),
}

type Block = {
  text?: string
  reasoningContent?: { reasoningText: { text: string; signature?: string } } | { redactedReasoning: { data: string } }
  toolUse?: { toolUseId: string; name: string; input: unknown }
}

/** In a stream, arguments are text. */
function blocks({ thoughts = [], text, calls = [] }: Turn, streamed = false): Block[] {
  return [
    ...thoughts.map(({ text, signature, hidden }) => ({
      reasoningContent:
        hidden === undefined
          ? { reasoningText: { text, ...(signature !== undefined && { signature }) } }
          : { redactedReasoning: { data: hidden } },
    })),
    ...(text === undefined ? [] : [{ text }]),
    ...calls.map(({ id, name, arguments: given }) => ({
      toolUse: { toolUseId: id, name, input: streamed ? given : given === '' ? {} : valueOf(given) },
    })),
  ]
}

function blockFrames({ text = '', reasoningContent, toolUse }: Block, contentBlockIndex: number): Uint8Array[] {
  const delta = (delta: object) => frame('contentBlockDelta', { contentBlockIndex, delta })
  const thought = (reasoningContent: object) => delta({ reasoningContent })
  return [
    ...halves(text).map((piece) => delta({ text: piece })),
    ...(reasoningContent && 'redactedReasoning' in reasoningContent
      ? [thought({ data: reasoningContent.redactedReasoning.data })]
      : []),
    ...(reasoningContent && 'reasoningText' in reasoningContent
      ? [
          ...halves(reasoningContent.reasoningText.text).map((text) => thought({ text })),
          ...(reasoningContent.reasoningText.signature === undefined
            ? []
            : [thought({ signature: reasoningContent.reasoningText.signature })]),
        ]
      : []),
    ...(toolUse
      ? [
          frame('contentBlockStart', {
            contentBlockIndex,
            start: { toolUse: { toolUseId: toolUse.toolUseId, name: toolUse.name } },
          }),
          ...halves(String(toolUse.input)).map((input) => delta({ toolUse: { input } })),
        ]
      : []),
    frame('contentBlockStop', { contentBlockIndex }),
  ]
}

/** An event as AWS frames it: lengths, headers, the data, and sums over them. */
function frame(event: string, data: object, kind: 'event' | 'exception' = 'event'): Uint8Array {
  const headers = Buffer.concat([
    header(':message-type', kind),
    header(`:${kind}-type`, event),
    header(':content-type', 'application/json'),
  ])
  const body = Buffer.from(JSON.stringify(data))
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(16 + headers.length + body.length, 0)
  prelude.writeUInt32BE(headers.length, 4)
  const most = Buffer.concat([prelude, sum(prelude), headers, body])
  return Buffer.concat([most, sum(most)])
}

function header(name: string, value: string): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(Buffer.byteLength(value))
  // 7 means text.
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)])
}

function sum(bytes: Buffer): Buffer {
  const written = Buffer.alloc(4)
  written.writeUInt32BE(crc32(bytes))
  return written
}

const stop = ({ reason, calls }: Turn): string => reason ?? (calls ? 'tool_use' : 'end_turn')

function usage({ input, cached = 0, cacheWrite = 0, output }: Used) {
  return {
    inputTokens: input - cached - cacheWrite,
    outputTokens: output,
    totalTokens: input + output,
    cacheReadInputTokens: cached,
    cacheWriteInputTokens: cacheWrite,
  }
}
