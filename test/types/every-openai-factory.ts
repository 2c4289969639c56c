// The same for the factories of tinyllm/openai.
import { chain } from 'tinyllm'
import {
  openAIAssistantMessage,
  openAIChat,
  openAIEmbedding,
  openAIPromptTemplate,
  openAISystemMessage,
  openAIUserMessage,
} from 'tinyllm/openai'
import { z } from 'zod'

const loan = z.object({ loanApplication: z.string() })

export const aTemplate = openAIPromptTemplate({
  name: 'template',
  input: loan,
  sections: [
    openAISystemMessage('Good or bad?'),
    openAIUserMessage('{loanApplication}'),
    openAIAssistantMessage('It is'),
  ],
})
export const aChat = openAIChat({ name: 'chat', model: 'gpt-4o-mini', output: z.enum(['good', 'bad']) })
export const aMessage = openAIUserMessage('{loanApplication}')
export const classify = chain({ name: 'classify', children: [aTemplate, aChat] })
export const aToolChat = openAIChat({
  name: 'toolChat',
  model: 'gpt-4o-mini',
  tools: { weather: { description: 'The weather', input: z.object({ city: z.string() }) } },
})
export const anEmbedding = openAIEmbedding({ name: 'embedding', model: 'text-embedding-3-small' })
export const aPicture = openAIUserMessage([{ type: 'image_url', image_url: { url: '{url}' } }])
