// A document of any length: its parts are summarized at the same time, then the summaries in the same way, until they
// fit into one prompt that makes a text of them.
import { chain, fn, loop, map } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'

/** In characters: what one prompt holds. */
const SIZE = 8000

const retry = { attempts: 3, backoff: { initial: 500, jitter: true } }
const timeout = 60_000

/** Parts of whole paragraphs as far as possible. */
const split = fn({
  name: 'split',
  run: (text: string) => {
    const parts: string[] = []
    for (const paragraph of text.split(/\n\s*\n/)) {
      for (let at = 0; at < paragraph.length; at += SIZE) {
        const piece = paragraph.slice(at, at + SIZE)
        const last = parts.at(-1)
        if (last !== undefined && last.length + piece.length + 2 <= SIZE)
          parts[parts.length - 1] = `${last}\n\n${piece}`
        else parts.push(piece)
      }
    }
    return parts
  },
})

const summarize = chain({
  name: 'summarize',
  children: [
    (part: string) => `Summarize this part of a longer document in at most five sentences:\n\n${part}`,
    openAIChat({ name: 'chat', model: 'gpt-4o-mini', temperature: 0, retry, timeout }),
  ],
})

const shorten = chain({
  name: 'shorten',
  children: [
    split,
    map({ name: 'summaries', each: summarize, concurrency: 8 }),
    fn({ name: 'join', run: (summaries: readonly string[]) => summaries.join('\n\n') }),
  ],
})

export const longSummary = chain({
  name: 'longSummary',
  children: [
    loop({ name: 'reduce', body: shorten, until: ({ value }) => value.length <= SIZE, maxIterations: 6 }),
    (summaries: string) =>
      `These are summaries of the parts of one document, in order. Make one summary of them, of one paragraph:\n\n${summaries}`,
    openAIChat({ name: 'write', model: 'gpt-4o-mini', temperature: 0, stream: true, retry, timeout }),
  ],
})

export const sample = Array.from(
  { length: 120 },
  (_, at) =>
    `Day ${at + 1}. The expedition went on through the valley, counted the birds along the river, and wrote the numbers into the book. In the evening the instruments were cleaned, and the plan for the next day was made.`,
).join('\n\n')
