import * as ai6 from 'ai'
import * as ai5 from 'ai-sdk5'
import * as ai7 from 'ai-sdk7'
import type { Specimen } from './models.ts'
import { scripted } from './scripted.ts'
import type { Turn } from './servers/turn.ts'
import type { Doing, Part, Said, Scenario } from './scenario.ts'
import type { LanguageModel } from 'tinyllm/ai-sdk'

/** The AI SDK, as far as it is used here: its three versions differ in their types only. */
type AiSdk = {
  generateText(options: object): Promise<unknown>
  streamText(options: object): { consumeStream(options: object): Promise<void> }
  tool(definition: object): object
  jsonSchema(schema: object, options: object): object
  stepCountIs(count: number): unknown
}
const versions = { 5: ai5, 6: ai6, 7: ai7 } as unknown as Readonly<Record<5 | 6 | 7, AiSdk>>

// What a package cannot do is told as a fact here, not on the console.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false })

/** The tool as both sides tell their model of it, and whether it takes arguments. */
export type ToolForm = {
  name: string
  description: string
  parameters: object
  check(value: unknown): { success: true; value: unknown } | { success: false; error: Error }
}

/** The same conversation by the AI SDK's own agent. */
export async function askTheirs(
  specimen: Specimen,
  model: LanguageModel,
  scenario: Scenario,
  {
    stream,
    tool: form,
    tools: own,
    settings,
  }: { stream: boolean; tool: ToolForm; tools?: object | undefined; settings: object },
): Promise<void> {
  const { generateText, streamText, tool, jsonSchema, stepCountIs } = versions[specimen.sdk]
  const options = {
    model,
    ...settings,
    ...(scenario.instructions && { system: scenario.instructions }),
    messages: scenario.prompt.map((said) => theirMessage(said, specimen)),
    // AI SDK 7 wants to be told that they are ours.
    allowSystemInMessages: true,
    maxRetries: 0,
    stopWhen: stepCountIs(5),
    tools: {
      [form.name]: tool({
        description: form.description,
        inputSchema: jsonSchema(form.parameters, { validate: (value: unknown) => form.check(value) }),
        execute: () =>
          done(scenario.doing).catch((thrown: Error) => {
            // AI SDK 7 tells the model the name of the error as well, which is in no other version.
            thrown.name = ''
            throw thrown
          }),
      }),
      ...own,
    },
  }
  if (!stream) return void (await generateText(options))
  let problem: unknown
  await streamText({ ...options, onError: ({ error }: { error: unknown }) => (problem = error) }).consumeStream({})
  if (problem) throw problem
}

export type Facts = { readonly warned: readonly (string | undefined)[]; readonly id: string | undefined }

/** What the AI SDK tells of one answer. */
export async function factsOfTheirs(specimen: Specimen, turn: Turn, stream: boolean, settings: object): Promise<Facts> {
  const { generateText, streamText } = versions[specimen.sdk]
  return scripted(specimen, [turn], async (model) => {
    const { providerOptions } = specimen
    const options = { model, prompt: 'Hello', maxRetries: 0, ...(providerOptions && { providerOptions }), ...settings }
    const result = (stream ? streamText(options) : await generateText(options)) as Result
    if (stream) await (result as unknown as ReturnType<AiSdk['streamText']>).consumeStream({})
    const warned = ((await result.warnings) ?? []).map(({ feature, setting }) => feature ?? setting)
    return { warned, id: (await result.response).id }
  })
}
type Result = {
  warnings: Promise<readonly { feature?: string; setting?: string }[] | undefined>
  response: Promise<{ id?: string }>
}

export async function done(doing: Doing): Promise<unknown> {
  if ('throws' in doing) throw new Error(doing.throws)
  return doing.gives
}

function theirMessage(message: Said, specimen: Specimen): object {
  if ('theirs' in message) return message.theirs
  const { content, ...said } = message
  return {
    ...said,
    content: typeof content === 'string' ? content : content.map((part) => theirPart(part, specimen)),
  }
}

function theirPart(part: Part, specimen: Specimen): object {
  const { providerOptions } = part
  if ('text' in part) return { type: 'text', text: part.text, ...(providerOptions && { providerOptions }) }
  const options = { ...(part.detail && specimen.detail?.(part.detail)), ...providerOptions }
  const has = Object.keys(options).length > 0
  return { type: 'image', image: part.image, ...(has && { providerOptions: options }) }
}
