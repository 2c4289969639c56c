// Images: a user's message may have parts, texts and pictures, by their address or as a data: URL.
// Run it: npx tinyllm run examples/19-images.ts
import { flow, type ImagePart, llmCall } from 'tinyllm'
import { z } from 'zod'

// For a real model: openAIChat({ name: 'look', model: 'gpt-4o-mini', output: receipt }), or llmCall with one of the AI SDK.
const receipt = z.object({ total: z.number(), currency: z.string().length(3) })
const look = llmCall({
  name: 'look',
  output: receipt,
  timeout: 30_000,
  model: async (messages) => {
    const { content } = messages[1] ?? {}
    const pictures = Array.isArray(content) ? content.filter(({ type }) => type === 'image_url') : []
    return { total: 12.5 * pictures.length, currency: 'EUR' }
  },
})

const imageOf = (url: string): ImagePart => ({ type: 'image_url', image_url: { url, detail: 'low' } })

export const readReceipt = flow({
  name: 'readReceipt',
  input: z.object({ pages: z.array(z.url()).min(1) }), // https:// or data:image/png;base64,…
  steps: (s) =>
    s.step(look, ({ input }) => [
      { role: 'system', content: 'You read receipts.' },
      {
        role: 'user',
        content: [{ type: 'text', text: 'What is the total?' }, ...input.pages.map(imageOf)],
      },
    ]),
})

const pixel = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'

export const sample = { pages: [pixel, pixel] }

export const main = () => readReceipt.run(sample)

// node examples/19-images.ts (before Node 22.18: npx jiti examples/19-images.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())
