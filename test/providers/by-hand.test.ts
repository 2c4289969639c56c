import { llmCall } from 'tinyllm'
import type { LanguageModel } from 'tinyllm/ai-sdk'
import { describe, expect, test } from 'vitest'
import { theirs } from './conversation.ts'
import { differences } from './difference.ts'
import { type Specimen, specimens } from './models.ts'
import { toolForm } from './ours.ts'
import { call, one } from './scenario.ts'
import { scripted } from './scripted.ts'
import type { Turn } from './servers/turn.ts'

// Who keeps a conversation without an agent, as JSON, sends it back as an agent does.

describe.each(specimens)('$name', (specimen) => {
  const { can } = specimen
  const first: Turn = {
    ...(can.sign && { thoughts: [{ text: 'I should look.', signature: 'c2lnbmF0dXJl' }] }),
    ...(can.think && !can.sign && { thoughts: [{ text: 'I should look.' }] }),
    text: 'Let me look.',
    calls: [call(1), call(2, { city: 'Rome' })],
  }

  test.each([
    ['whole', false],
    ['streamed', true],
  ] as const)('%s: the messages of llmCall hold all that goes back', async (_, stream) => {
    const mine = await byHand(specimen, first, stream)
    const scenario = one('', first, { turns: [first, { text: 'Take an umbrella.' }] })
    const { requests, problem } = await theirs(specimen, scenario, stream)
    expect(problem).toBe(undefined)
    const found = differences(mine, requests, 'requests')
    if (found.length > 0) expect.fail(found.join('\n'))
  })
})

async function byHand(specimen: Specimen, first: Turn, stream: boolean) {
  return scripted(specimen, [first, { text: 'Take an umbrella.' }], async (model, asked) => {
    const chat = await chatOf(specimen, model, stream)
    const messages: unknown[] = [{ role: 'user', content: 'Do I need an umbrella in Oslo?' }]
    const answer = (await chat.run({ messages } as never)) as unknown as { tool_calls: { id: string }[] }
    const results = answer.tool_calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'rain' }))
    const kept = JSON.parse(JSON.stringify([...messages, answer, ...results]))
    await chat.run({ messages: kept } as never)
    return asked.map(({ path, body }) => ({ path, body }))
  })
}

/** The tool as a plain form: nobody runs it here. */
async function chatOf({ providerOptions }: Specimen, model: LanguageModel, stream: boolean) {
  const { check: _, ...tool } = await toolForm()
  return llmCall({ name: 'chat', model, stream, ...(providerOptions && { providerOptions }), tools: [tool] } as never)
}
