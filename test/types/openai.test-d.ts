import { chain, decision, llmCall, type InputOf, type NameOf, type OutputOf } from 'tinyllm'
import {
  openAIAssistantMessage,
  openAIChat,
  openAIPromptTemplate,
  openAISystemMessage,
  openAIUserMessage,
} from 'tinyllm/openai'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'
import { offer } from './fixtures.ts'

// The placeholders of a template are typed by its schema, or are what its text names.
const loan = z.object({ loanApplication: z.string() })
const asList = openAIPromptTemplate({
  name: 'asList',
  input: loan,
  sections: [openAISystemMessage('One word: good or bad.'), openAIUserMessage('{loanApplication}')],
})
expectTypeOf<InputOf<typeof asList>>().toEqualTypeOf<{ loanApplication: string }>()
const asFunction = openAIPromptTemplate({
  name: 'asFunction',
  input: loan,
  sections: ({ loanApplication }) => [openAIUserMessage(loanApplication), openAIAssistantMessage('Sure.')],
})
expectTypeOf<InputOf<typeof asFunction>>().toEqualTypeOf<{ loanApplication: string }>()
const named = openAIPromptTemplate({ name: 'named', sections: [openAIUserMessage('{question} in {lang}')] })
expectTypeOf<{ question: string; lang: string }>().toExtend<InputOf<typeof named>>()

// Text; a list of texts; the parsed value.
const chat = openAIChat({ name: 'chat', model: 'gpt-4o-mini', temperature: 0 })
expectTypeOf<OutputOf<typeof chat>>().toEqualTypeOf<string>()
expectTypeOf<string>().toExtend<InputOf<typeof chat>>()
const many = openAIChat({ name: 'many', model: 'gpt-4o-mini', n: 3 })
expectTypeOf<OutputOf<typeof many>>().toEqualTypeOf<string[]>()
const word = openAIChat({ name: 'word', model: 'gpt-4o-mini', output: z.enum(['good', 'bad']) })
expectTypeOf<OutputOf<typeof word>>().toEqualTypeOf<'good' | 'bad'>()
const parsed = openAIChat({
  name: 'parsed',
  model: 'gpt-4o-mini',
  output: z.object({ risk: z.number() }),
  stream: true,
})
expectTypeOf<OutputOf<typeof parsed>>().toEqualTypeOf<{ risk: number }>()

// Together, as in the seed.
const classifyLoan = chain({ name: 'classifyLoan', children: [asList, word] })
expectTypeOf<InputOf<typeof classifyLoan>>().toEqualTypeOf<{ loanApplication: string }>()
const ask = chain({ name: 'ask', children: [asFunction, llmCall({ name: 'own', model: async () => 'text' })] })
expectTypeOf<OutputOf<typeof ask>>().toEqualTypeOf<string>()
const credit = decision({ name: 'credit', decide: classifyLoan, branches: { good: offer, bad: asList } })
expectTypeOf<InputOf<typeof credit>>().toEqualTypeOf<{ loanApplication: string }>()

// A message is a function of its own, too.
const single = chain({ name: 'single', children: [openAIUserMessage('{question}'), chat] })
expectTypeOf<OutputOf<typeof single>>().toEqualTypeOf<string>()

// With a name of its own, as a function and in sections; its content is a template as without.
const rules = openAISystemMessage({ name: 'rules', content: 'Answer in {language}.' })
expectTypeOf<NameOf<typeof rules>>().toEqualTypeOf<'rules'>()
expectTypeOf<{ language: string }>().toExtend<InputOf<typeof rules>>()
const unnamed = openAIUserMessage({ role: 'user', content: '{question}' })
expectTypeOf<NameOf<typeof unnamed>>().toEqualTypeOf<'openAIUserMessage'>()
const picture = openAIUserMessage({
  name: 'picture',
  content: [{ type: 'image_url', image_url: { url: '{url}' } }],
})
const counted = openAIAssistantMessage({ name: 'counted', content: ({ n }: { n: number }) => `${n}` })
const together = openAIPromptTemplate({ name: 'together', sections: [rules, unnamed, picture, counted] })
expectTypeOf<{ language: string; question: string; url: string; n: number }>().toExtend<InputOf<typeof together>>()
// @ts-expect-error -- a number is missing
together.run({ language: '', question: '', url: '' })
// @ts-expect-error -- a system message is none of a user
openAISystemMessage({ name: 'a', role: 'user', content: '' })

// What other servers take; what is known stays checked.
openAIChat({ name: 'local', model: 'qwen', top_k: 20, min_p: 0.1, chat_template_kwargs: { enable_thinking: false } })
const newer = { quite_new: 1 }
openAIChat({ name: 'newer', model: 'qwen', ...newer })
// @ts-expect-error -- a number
openAIChat({ name: 'text', model: 'qwen', top_k: '20' })

// A decision of choices alone is a step, too.
const decided = chain({
  name: 'decided',
  children: [asList, word, decision({ name: 'd', decide: (text: string) => text, choices: ['good', 'bad'] })],
})
expectTypeOf<OutputOf<typeof decided>>().toEqualTypeOf<{ decision: 'good' | 'bad' }>()

// A text that is known only when it runs asks for nothing; each section of a list in a variable is asked.
const read = ['Be brief.', 'Be kind.'].join(' ')
const configured = openAIPromptTemplate({
  name: 'configured',
  sections: [openAISystemMessage(read), openAIUserMessage([{ type: 'text', text: read }]), openAIUserMessage('{q}')],
})
chain({ name: 'ofConfigured', children: [configured, chat] }).run({ q: 'x' })
openAIPromptTemplate({ name: 'checked', input: loan, sections: [openAISystemMessage({ name: 'a', content: read })] })
const sections = [openAISystemMessage('{a}'), openAIUserMessage('{b}')]
const ofList = openAIPromptTemplate({ name: 'ofList', sections })
expectTypeOf<{ a: string; b: string }>().toExtend<InputOf<typeof ofList>>()
// @ts-expect-error -- b is missing
ofList.run({ a: 'x' })
// @ts-expect-error -- the schema has neither
openAIPromptTemplate({ name: 'unlike', input: loan, sections })

// With the schema of its input a template knows what its functions take; texts that are not known ask for nothing.
const known = z.object({ a: z.string(), n: z.number() })
openAIPromptTemplate({ name: 'a', input: known, sections: [{ role: 'user', content: ({ a }) => a }] })
openAIPromptTemplate({
  name: 'a',
  input: known,
  sections: [
    openAISystemMessage('{n}'),
    { role: 'user', content: async ({ n, a }) => `${n}${a}` },
    { examples: ({ a, n }) => [{ user: a, assistant: `${n}` }] },
  ],
})
const annotated = openAIPromptTemplate({
  name: 'a',
  sections: [
    { role: 'user', content: ({ a }: { a: string }) => a },
    { role: 'user', content: () => 'x' },
  ],
})
expectTypeOf(annotated.run).parameter(0).toEqualTypeOf<{ a: string }>()
declare const text: string
openAIPromptTemplate({ name: 'a', sections: [openAISystemMessage(text), openAIUserMessage('{q}')] }).run({ q: 'x' })
openAIPromptTemplate({ name: 'a', sections: [{ role: 'system', content: text }, openAIUserMessage('{q}')] }).run({
  q: 1,
})
export const ofText = <C extends string>(content: C) =>
  openAIPromptTemplate({ name: 'a', sections: [{ role: 'user', content }, openAIUserMessage(content)] })
export const ofInput = <I>(content: (input: I) => string) =>
  openAIPromptTemplate({ name: 'a', sections: [{ role: 'user', content }] })
