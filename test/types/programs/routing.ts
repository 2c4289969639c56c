// Routing: a cheap model names the kind of question, and each kind has its own prompt.
import { chain, decision, llmCall } from 'tinyllm'
import { openAIChat, openAIPromptTemplate, openAISystemMessage, openAIUserMessage } from 'tinyllm/openai'
import { z } from 'zod'

const question = z.object({ question: z.string() })

const expert = llmCall({
  name: 'expert',
  model: async (messages) => `${messages[0]?.content} ${messages[1]?.content}`.toUpperCase(),
})

const answerAs = (role: string) =>
  chain({
    name: role,
    children: [
      ({ question }: { question: string }) => [
        { role: 'system', content: `You are a ${role}.` },
        { role: 'user', content: question },
      ],
      expert,
    ],
  })

export const route = decision({
  name: 'route',
  decide: chain({
    name: 'classify',
    children: [
      openAIPromptTemplate({
        name: 'prompt',
        input: question,
        sections: [
          openAISystemMessage('Which expert should answer? Say law, medicine or physics.'),
          openAIUserMessage('{question}'),
        ],
      }),
      openAIChat({
        name: 'chat',
        model: 'gpt-4o-mini',
        temperature: 0,
        output: z.enum(['law', 'medicine', 'physics']),
      }),
    ],
  }),
  branches: { law: answerAs('lawyer'), medicine: answerAs('doctor'), physics: answerAs('physicist') },
})

/** For tests: the chat answers from a script. */
export const scripted = route.override('route.deciding.chat', ({ messages }) =>
  JSON.stringify(messages).includes('fall') ? 'physics' : 'law',
)

export const main = () => scripted.run({ question: 'Why do things fall?' })
