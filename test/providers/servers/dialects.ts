import { chatWire, plainUsage, thoughtsIn } from './chat.ts'
import { mistralProblems, openrouterProblems } from './problems.ts'
import { halves, type Thought, type Turn, type Used } from './turn.ts'

/** OpenAI's own: it keeps its thoughts to itself. */
export const openaiWire = chatWire({ thinking: () => [] })

/** What many local servers and gateways do. */
export const compatibleWire = chatWire({ thinking: thoughtsIn('reasoning_content') })

/** Gemini behind an interface like OpenAI's: a call carries what signs the thoughts. */
export const signedCallsWire = chatWire({
  thinking: thoughtsIn('reasoning_content'),
  signedCall: (thought_signature) => ({ extra_content: { google: { thought_signature } } }),
})

export const deepseekWire = chatWire({
  thinking: thoughtsIn('reasoning_content'),
  usage: ({ cached = 0, ...used }) => ({
    ...plainUsage(used),
    prompt_cache_hit_tokens: cached,
    prompt_cache_miss_tokens: used.input - cached,
  }),
})

export const groqWire = chatWire({
  thinking: thoughtsIn('reasoning'),
  streamUsage: (usage) => ({ x_groq: { id: 'req_1', usage } }),
})

/** Mistral: thoughts are parts of the content. */
export const mistralWire = chatWire({
  problems: mistralProblems,
  usageAtFinish: true,
  thinking: ({ thoughts = [] }) =>
    thoughts.flatMap(({ text }) => halves(text).map((piece) => ({ content: [chunkOf(piece)] }))),
  whole: ({ thoughts = [], text }) =>
    thoughts.length === 0
      ? { content: text ?? '' }
      : {
          content: [
            ...thoughts.map((thought) => chunkOf(thought.text)),
            ...(text === undefined ? [] : [{ type: 'text', text }]),
          ],
        },
})

const chunkOf = (text: string) => ({ type: 'thinking', thinking: [{ type: 'text', text }] })

/** OpenRouter: thoughts with their details, and what it costs. */
export const openrouterWire = chatWire({
  problems: openrouterProblems,
  thinking: ({ thoughts = [] }: Turn) => thoughts.flatMap((thought, index) => details(thought, index)),
  whole: ({ thoughts = [] }) => {
    const reasoning = thoughts.map(({ text }) => text).join('')
    return {
      ...(reasoning && { reasoning }),
      ...(thoughts.length > 0 && { reasoning_details: thoughts.map((thought, index) => detailOf(thought, index)) }),
    }
  },
  usage: ({ cost, cacheWrite, ...used }: Used) => ({
    ...plainUsage(used),
    prompt_tokens_details: { cached_tokens: used.cached ?? 0, cache_write_tokens: cacheWrite ?? 0 },
    ...(cost !== undefined && { cost, cost_details: { upstream_inference_cost: null } }),
  }),
})

const format = 'anthropic-claude-v1'
const detailOf = ({ text, signature, hidden }: Thought, index: number) =>
  hidden === undefined
    ? { type: 'reasoning.text', text, ...(signature !== undefined && { signature }), format, index }
    : { type: 'reasoning.encrypted', data: hidden, format, index }

/** The text comes in pieces, and what signs it after them. */
function details(thought: Thought, index: number): object[] {
  if (thought.hidden !== undefined) return [{ reasoning_details: [detailOf(thought, index)] }]
  return [
    ...halves(thought.text).map((text) => ({ reasoning: text, reasoning_details: [detailOf({ text }, index)] })),
    ...(thought.signature === undefined
      ? []
      : [{ reasoning_details: [{ type: 'reasoning.text', signature: thought.signature, format, index }] }]),
  ]
}
