import { readFileSync } from 'node:fs'
import { agent, fn } from '../../../../dist/index.js'
import { add, answer, check, description, input, question, tokens, toolNames } from './script.js'

const { version } = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'))

const modelOf = (turns) => {
  return async ({ messages }, ctx) => {
    ctx.emit({ type: 'usage', ...tokens })
    const call = answer(messages.length, turns, () => messages.at(-1).content)
    if (call.text !== undefined) return call.text
    const toolCall = { id: call.id, type: 'function', function: { name: 'add', arguments: call.input } }
    return { role: 'assistant', content: null, tool_calls: [toolCall] }
  }
}

export const contender = {
  name: 'tinyllm',
  version,
  agent(turns, tools) {
    const assistant = agent({
      name: 'assistant',
      model: modelOf(turns),
      tools: toolNames(tools).map((name) => fn({ name, description, input, run: add })),
      maxTurns: turns,
    })
    return async () => check(await assistant.run(question), turns)
  },
}
