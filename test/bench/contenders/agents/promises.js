import { add, answer, check, description, input, question, tokens, toolNames } from './script.js'

const modelOf = (turns) => {
  return async ({ messages }) => ({ ...answer(messages.length, turns, () => messages.at(-1).content), tokens })
}

/** The loop without any library: it parses the arguments, calls the tool, sums the usage and keeps the conversation. */
export const contender = {
  name: 'a loop by hand',
  version: '–',
  agent(turns, count) {
    const model = modelOf(turns)
    const tools = Object.fromEntries(toolNames(count).map((name) => [name, { description, input, run: add }]))
    return async () => {
      const messages = [{ role: 'user', content: question }]
      const usage = { inputTokens: 0, outputTokens: 0 }
      for (let turn = 1; turn <= turns; turn++) {
        const said = await model({ messages, tools })
        usage.inputTokens += said.tokens.inputTokens
        usage.outputTokens += said.tokens.outputTokens
        if (said.text !== undefined) return check(said.text, turns)
        const result = await tools.add.run(tools.add.input.parse(JSON.parse(said.input)))
        const call = { id: said.id, type: 'function', function: { name: 'add', arguments: said.input } }
        messages.push({ role: 'assistant', content: null, tool_calls: [call] })
        messages.push({ role: 'tool', tool_call_id: said.id, content: JSON.stringify(result) })
      }
      throw new Error('no answer within the turns')
    }
  },
}
