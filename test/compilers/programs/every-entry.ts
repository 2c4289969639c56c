import { chain, fn, type Fn } from 'tinyllm'
import { aiSdkModel } from 'tinyllm/ai-sdk'
import { startInspector } from 'tinyllm/inspector'
import { startClassicBridge } from 'tinyllm/inspector/classic'
import { headline, sample } from 'tinyllm/machines/chain'
import { mcpTools } from 'tinyllm/mcp'
import { openAIChat } from 'tinyllm/openai'
import { coverPaths } from 'tinyllm/testing'
import { z } from 'zod'

// What a user of every entry point may write. It is compiled as ESM and as CommonJS.

const count = fn({ name: 'count', input: z.object({ text: z.string() }), run: ({ text }) => text.length })
export const double = chain({ name: 'double', children: [count, (n: number) => n * 2] })
export const made: Fn<{ text: string }, number, 'double', never> = double as never
export const output: Promise<number> = double.run({ text: 'a' })
export const said: Promise<string> = headline.run(sample)
export const states: Promise<number> = coverPaths(double).then((report) => report.states)
export const chat = openAIChat({ name: 'chat', model: 'gpt-4o-mini', output: z.object({ word: z.string() }) })
export const word: Promise<string> = chat.run('A word.').then((answer) => answer.word)
export const others = [aiSdkModel, mcpTools, startInspector, startClassicBridge]

// @ts-expect-error the types are there, and not any
double.run({ text: 1 })
// @ts-expect-error the same of another entry point
export const wrong: Promise<number> = headline.run(sample)
