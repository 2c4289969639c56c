import { chain } from 'tinyllm'
import { openAIChat, openAIPromptTemplate, openAISystemMessage, openAIUserMessage } from 'tinyllm/openai'
import { z } from 'zod'

const input = z.object({ loanApplication: z.string() })
const template = openAIPromptTemplate({ name: 'template', input, sections: [openAIUserMessage('{loanApplication}')] })
const chat = openAIChat({ name: 'chat', model: 'gpt-4o-mini' })

// wrong: a section reads what the schema does not have
openAIPromptTemplate({ name: 'a', input, sections: ({ loan }) => [openAIUserMessage(loan)] })

// wrong: a placeholder that the schema does not have
openAIPromptTemplate({ name: 'b', input, sections: [openAIUserMessage('{loan}')] })

// wrong: an option that the model does not have
openAIChat({ name: 'c', model: 'gpt-4o-mini', temprature: 0 })

// wrong: text where a number is needed
chain({ name: 'd', children: [template, chat, (n: number) => n + 1] })

// wrong: a chat is not given an application
chain({ name: 'e', children: [(text: string) => ({ loanApplication: text }), chat] })

// wrong: an answer that is none of the choices
const word = openAIChat({ name: 'g', model: 'gpt-4o-mini', output: z.enum(['good', 'bad']) })
const answer: 'yes' | 'no' = await word.run('Good or bad?')

// wrong: a message without content
openAISystemMessage({ name: 'rules' })

// wrong: a misspelt option of a message
openAISystemMessage({ nam: 'rules', content: 'Be brief.' })

// wrong: a parameter of which nobody knows the type
openAIPromptTemplate({ name: 'h', sections: [{ role: 'user', content: ({ a }) => a }] })

// wrong: nor of examples
openAIPromptTemplate({ name: 'i', sections: [{ examples: ({ n }) => [{ user: 'a', assistant: `${n}` }] }] })

// wrong: a section reads what the schema does not have, in its own function
openAIPromptTemplate({ name: 'j', input, sections: [{ role: 'user', content: ({ loan }) => loan }] })

// wrong: a function that asks for another input
openAIPromptTemplate({ name: 'k', input, sections: [{ role: 'user', content: ({ b }: { b: string }) => b }] })

// wrong: a function that returns no text
openAIPromptTemplate({ name: 'l', sections: [{ role: 'user', content: () => 5 }] })
