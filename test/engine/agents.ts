import {
  agent,
  type AnyFn,
  type AssistantMessage,
  type ChatMessage,
  fn,
  type Policy,
  type RunContext,
  receive,
} from 'tinyllm'
import { z } from 'zod'
import type { Dice } from './dice.ts'

type Run = (input: unknown, ctx: RunContext) => unknown

/** An agent whose model calls some tools for some turns; what the model and the tools do takes as long as all work. */
export function agentOf(name: string, dice: Dice, policy: Policy, work: () => Run, tool?: AnyFn): AnyFn {
  const turns = dice.int(3)
  const calls = dice.list(3, () =>
    dice.list(1 + dice.int(3), () => dice.pick(['paid', 'free', 'free', 'asked', 'none'])),
  )
  const [think, pay, give] = [work(), work(), work()]
  const anything = z.object({ n: z.number() })
  const tools = [
    fn({ name: 'paid', description: 'Pays.', input: anything, run: pay }),
    fn({ name: 'free', description: 'Gives.', input: anything, run: give, ...(dice.chance(0.3) && policy) }),
    receive({ name: 'asked', description: 'Asks.', input: anything, events: { GO: anything } }),
    ...(tool ? [tool] : []),
  ]
  const model = async ({ messages }: { messages: readonly ChatMessage[] }, ctx: RunContext) => {
    const said = await think(messages.length, ctx)
    const turn = messages.filter(({ role }) => role === 'assistant').length
    if (turn >= turns) return { role: 'assistant', content: `said ${String(said)}` } as AssistantMessage
    const named = calls[turn % 3]?.map((tool, place) => ({
      id: `${turn}-${place}`,
      type: 'function' as const,
      function: { name: tool, arguments: `{"n":${place}}` },
    }))
    return { role: 'assistant', content: null, tool_calls: named } as AssistantMessage
  }
  const asks = !policy.description && dice.chance(0.6) && { approve: ['paid'] as const }
  return agent({ name, model, tools, maxTurns: 2, ...asks, ...policy } as never)
}
