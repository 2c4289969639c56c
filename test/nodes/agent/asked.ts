import { waits } from 'tinyllm'
import { expect, vi } from 'vitest'

/** A call as the model writes it; its id is `c1`, `c2` … by its place, unless it has one. */
export type Called = readonly [name: string, input: unknown, id?: string]
type Message = { readonly role: string; readonly content: unknown }

export const calling = (...list: readonly Called[]) => ({
  role: 'assistant' as const,
  content: null,
  tool_calls: list.map(([name, input, id], index) => ({
    id: id ?? `c${index + 1}`,
    type: 'function' as const,
    function: { name, arguments: JSON.stringify(input) },
  })),
})

/** A model that makes these calls, turn by turn, and then says what they came to. */
export function turns(...list: readonly (readonly Called[])[]) {
  const model = async ({ messages }: { messages: readonly Message[] }) => {
    const turn = messages.filter(({ role }) => role === 'assistant').length
    const calls = list[turn]
    const told = messages.filter(({ role }) => role === 'tool').map(({ content }) => String(content))
    return calls ? calling(...calls) : told.join(' | ')
  }
  return model as never
}

type Run = { getSnapshot(): object }
export const idsAsked = (run: Run): (string | undefined)[] => waits(run.getSnapshot()).map(({ call }) => call?.id)

/** Until exactly these calls are asked about. */
export const asksAbout = (run: Run, ...ids: readonly string[]): Promise<void> =>
  vi.waitFor(() => expect(idsAsked(run)).toEqual(ids), { timeout: 4000 })

/** The events of a run, as they come. */
export function eventsOf<E extends { type: string } = any>(run: unknown, ...types: readonly string[]): E[] {
  const events: E[] = []
  const { on } = run as { on(type: string, take: (event: E) => void): unknown }
  for (const type of types) on.call(run, type, (event: E) => events.push(event))
  return events
}

export const settled = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
export const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
