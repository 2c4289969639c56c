// Structured output, tested with a client that is no OpenAI: nothing leaves the machine.
import { chain } from 'tinyllm'
import { openAIChat, openAIPromptTemplate, openAISystemMessage, openAIUserMessage } from 'tinyllm/openai'
import { z } from 'zod'

const requests: unknown[] = []

const client = {
  chat: {
    completions: {
      create: async (request: object) => {
        requests.push(request)
        const content = '{"name":"Ada Lovelace","born":1815,"languages":["English","French"]}'
        return {
          choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
          usage: { prompt_tokens: 50, completion_tokens: 20 },
        }
      },
    },
  },
}

const person = z.object({
  name: z.string(),
  born: z.number().int(),
  languages: z.array(z.string()),
  died: z.number().nullish(),
})

export const extract = chain({
  name: 'extract',
  children: [
    openAIPromptTemplate({
      name: 'prompt',
      input: z.object({ text: z.string() }),
      sections: [openAISystemMessage('Extract the person.'), openAIUserMessage('{text}')],
    }),
    openAIChat({ name: 'chat', model: 'gpt-4o-mini', output: person, client }),
    ({ name, born }: z.infer<typeof person>) => `${name}, ${born}`,
  ],
})

export async function main() {
  requests.length = 0
  const { output, usage } = await extract.safeRun({ text: 'Ada Lovelace, born in 1815, spoke English and French.' })
  return { output, tokens: usage.inputTokens + usage.outputTokens, requests: requests.length }
}
