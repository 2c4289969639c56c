import { agent, type ChatModel, fn, llmCall } from 'tinyllm'
import type { LanguageModel } from 'tinyllm/ai-sdk'
import { z } from 'zod'
import type { Part, Said, Scenario } from './scenario.ts'
import { done, type ToolForm } from './yardstick.ts'

const place = z.object({ city: z.string(), unit: z.enum(['C', 'F']).optional() })

/** The tool of all conversations. */
export const weather = (run: () => Promise<unknown>) =>
  fn({
    name: 'weather',
    description: 'Tells the weather of a city.',
    input: place,
    run,
  })

/** The tool as a model is told of it, so that both sides have the same JSON Schema. */
export async function toolForm(): Promise<ToolForm> {
  let form: Omit<ToolForm, 'check'> | undefined
  const model: ChatModel = async ({ tools }) => {
    form = tools?.[0]
    return { role: 'assistant', content: 'done' }
  }
  await agent({ name: 'asked', model, tools: [weather(async () => '')] }).run('What tools have you?')
  const check: ToolForm['check'] = (value) => {
    const { error } = place.safeParse(value)
    return error ? { success: false, error } : { success: true, value }
  }
  return { ...form!, check }
}

type Ask = {
  stream: boolean
  settings: object
  /** Those that the provider runs. */
  tools?: object | undefined
  run?: () => Promise<unknown>
}
type OfModel = { name: 'chat'; model: LanguageModel }

/** An agent of ours that goes through a scenario. */
export const ourAgent = (
  model: LanguageModel,
  { doing, instructions }: Scenario,
  { stream, settings, tools, run = () => done(doing) }: Ask,
) =>
  agent({
    name: 'assistant',
    model: llmCall({ name: 'chat', model, stream, ...(tools && { tools }), ...settings } as OfModel),
    tools: [weather(run)],
    ...(instructions && { instructions }),
  })

export const ourPrompt = ({ prompt }: Scenario) => ({ messages: prompt.map(ourMessage) }) as never

function ourMessage(message: Said): object {
  if ('ours' in message) return message.ours
  const { content, ...said } = message
  return { ...said, content: typeof content === 'string' ? content : content.map(ourPart) }
}

function ourPart(part: Part): object {
  const { providerOptions } = part
  const options = providerOptions && { providerOptions }
  if ('text' in part) return { type: 'text', text: part.text, ...options }
  return { type: 'image_url', image_url: { url: part.image, ...(part.detail && { detail: part.detail }) }, ...options }
}
