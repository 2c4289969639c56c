import { generateText, stepCountIs, tool } from 'ai'
import { versionOf } from '../version.js'
import { add, answer, check, description, input, question, tokens, toolNames } from './script.js'

const usage = {
  inputTokens: { total: tokens.inputTokens, noCache: tokens.inputTokens },
  outputTokens: { total: tokens.outputTokens, text: tokens.outputTokens },
}

const modelOf = (turns) => ({
  specificationVersion: 'v3',
  provider: 'scripted',
  modelId: 'scripted',
  supportedUrls: {},
  async doGenerate({ prompt }) {
    const call = answer(prompt.length, turns, () => prompt.at(-1).content[0].output.value)
    const isLast = call.text !== undefined
    return {
      content: isLast
        ? [{ type: 'text', text: call.text }]
        : [{ type: 'tool-call', toolCallId: call.id, toolName: 'add', input: call.input }],
      finishReason: { unified: isLast ? 'stop' : 'tool-calls', raw: undefined },
      usage,
      warnings: [],
    }
  },
})

export const contender = {
  name: 'AI SDK',
  version: versionOf('ai'),
  agent(turns, count) {
    const model = modelOf(turns)
    const tools = Object.fromEntries(
      toolNames(count).map((name) => [name, tool({ description, inputSchema: input, execute: add })]),
    )
    const stopWhen = stepCountIs(turns)
    return async () => check((await generateText({ model, tools, stopWhen, prompt: question })).text, turns)
  },
}
