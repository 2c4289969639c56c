import { dataEvents, json } from './http.ts'
import { googleProblems } from './problems.ts'
import { halves, type Turn, type Used, usedIn, valueOf, type Wire } from './turn.ts'

/** Gemini's generateContent and streamGenerateContent. Its calls have an id only where the server gives one. */
export const googleWire = (withIds: boolean): Wire => ({
  ...googleProblems,
  requestId: 'x-request-id',
  arguments: 'objects',
  reasons: { done: 'STOP', length: 'MAX_TOKENS', filter: 'SAFETY' },
  wantsStream: ({ path }) => path.includes(':streamGenerateContent'),
  whole: (turn) => json(chunk(parts(turn, withIds), turn, true)),
  stream: (turn) => {
    const all = parts(turn, withIds).flatMap(split)
    return dataEvents(
      all.map((part, place) => chunk([part], turn, place === all.length - 1)),
      [],
    )
  },
})

type Part = { text?: string; thought?: boolean; thoughtSignature?: string; functionCall?: object; inlineData?: object }

/** The signature of a turn stands on its first call, or on its text where there are no calls. */
function parts({ thoughts = [], text, pictures = [], calls = [] }: Turn, withIds: boolean): Part[] {
  const signature = thoughts.find((thought) => thought.signature)?.signature
  const signed = signature === undefined ? {} : { thoughtSignature: signature }
  return [
    ...thoughts.flatMap(({ text, hidden }) => (hidden === undefined ? [{ text, thought: true }] : [])),
    ...(text === undefined ? [] : [{ text, ...(calls.length === 0 && signed) }]),
    ...pictures.map(({ mediaType, base64 }) => ({ inlineData: { mimeType: mediaType, data: base64 } })),
    ...calls.map(({ id, name, arguments: given }, place) => ({
      functionCall: { ...(withIds && { id }), name, ...(given !== '' && { args: valueOf(given) }) },
      ...(place === 0 && signed),
    })),
  ]
}

/** In a stream, a text comes in pieces, and what signs it with the last one. */
function split({ text, thought, thoughtSignature, ...rest }: Part): Part[] {
  const signed = thoughtSignature === undefined ? {} : { thoughtSignature }
  if (text === undefined) return [{ ...rest, ...signed }]
  const pieces = halves(text)
  return pieces.map((piece, place) => ({
    text: piece,
    ...(thought && { thought }),
    ...(place === pieces.length - 1 && signed),
  }))
}

const chunk = (content: Part[], turn: Turn, last: boolean) => ({
  candidates: [
    {
      content: { parts: content, role: 'model' },
      index: 0,
      ...(last && { finishReason: turn.reason ?? 'STOP', ...grounding(turn) }),
    },
  ],
  ...(last && { usageMetadata: usedIn(turn, usage) }),
  modelVersion: 'gemini-3-pro-preview',
  responseId: 'resp_1',
})

function grounding({ sources = [] }: Turn) {
  if (sources.length === 0) return {}
  return {
    groundingMetadata: { groundingChunks: sources.map(({ url, title }) => ({ web: { uri: url, title } })) },
  }
}

function usage({ input, cached, output, reasoning = 0 }: Used) {
  return {
    promptTokenCount: input,
    ...(cached !== undefined && { cachedContentTokenCount: cached }),
    candidatesTokenCount: output - reasoning,
    ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
    totalTokenCount: input + output,
  }
}
