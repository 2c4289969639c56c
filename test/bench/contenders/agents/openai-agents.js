import { Agent, Runner, setTracingDisabled, tool, Usage } from '@openai/agents'
import { versionOf } from '../version.js'
import { add, answer, check, description, input, question, tokens, toolNames } from './script.js'

setTracingDisabled(true)
const runner = new Runner({ tracingDisabled: true })

const modelOf = (turns) => ({
  async getResponse({ input: items }) {
    const length = typeof items === 'string' ? 1 : items.length
    const call = answer(length, turns, () => items.at(-1).output.text)
    const text = [{ type: 'output_text', text: call.text }]
    const item =
      call.text === undefined
        ? { type: 'function_call', callId: call.id, name: 'add', arguments: call.input, status: 'completed' }
        : { type: 'message', role: 'assistant', content: text, status: 'completed' }
    return { output: [item], usage: new Usage({ requests: 1, ...tokens }) }
  },
})

export const contender = {
  name: 'OpenAI Agents',
  version: versionOf('@openai/agents'),
  agent(turns, count) {
    const tools = toolNames(count).map((name) => tool({ name, description, parameters: input, execute: add }))
    const assistant = new Agent({ name: 'assistant', model: modelOf(turns), tools })
    return async () => check((await runner.run(assistant, question, { maxTurns: turns })).finalOutput, turns)
  },
}
