import { z } from 'zod'

/**
 * What the agent of every contender does: the model calls `add` with what it was told last, and in its last turn it
 * says that number. Its turn is read off the length of the conversation: the user's text, then two messages a call. So
 * one model serves any number of runs, and a conversation that is not whole gives a wrong answer.
 */
export const add = async ({ n }) => n + 1
export const input = z.object({ n: z.number() })
export const description = 'Adds one to a number.'
export const question = 'Count.'

/** The first is called each time; the others are only offered. */
export const toolNames = (count) => ['add', ...Array.from({ length: count - 1 }, (_, index) => `other${index}`)]

/** What the model does after so many messages, of which the last tells `read()`: a call's id and arguments, or a text. */
export function answer(messages, turns, read) {
  const turn = (messages + 1) / 2
  const last = turn === 1 ? 0 : Number(read())
  return turn === turns ? { text: String(last) } : { id: `call${turn}`, input: JSON.stringify({ n: last }) }
}

/** Every turn but the last has a call. */
export function check(text, turns) {
  if (text !== String(turns - 1)) throw new Error(`an agent of ${turns} turns gave ${JSON.stringify(text)}`)
}

/** What each model says that a turn took; every contender sums it. */
export const tokens = { inputTokens: 10, outputTokens: 5 }
