import type { ChatMessage, ModelRequest } from 'tinyllm'
import { type AnyActorRef, createActor } from 'xstate'

export type Written = { id?: string; name: string; input?: unknown }
/** What a model does in a turn: a text, calls, a failure; or what it makes of the request. */
export type Said = string | readonly Written[] | Error | ((request: ModelRequest) => string | readonly Written[])

export const engines = ['fast', 'stock'] as const
export const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

/** A model that goes by a list, one entry a request and then the last one again, and what it was asked. */
export function scripted(...list: readonly Said[]) {
  const requests: ModelRequest[] = []
  const model = async (request: ModelRequest) => {
    const next = list[Math.min(requests.length, list.length - 1)] as Said
    requests.push({ ...request, messages: [...request.messages] })
    if (next instanceof Error) throw next
    const said = typeof next === 'function' ? next(request) : next
    if (typeof said === 'string') return { role: 'assistant' as const, content: said }
    const turn = requests.length
    const tool_calls = said.map(({ id, name, input = {} }, place) => ({
      id: id ?? `${turn}.${place}`,
      type: 'function' as const,
      function: { name, arguments: JSON.stringify(input) },
    }))
    return { role: 'assistant' as const, content: null, tool_calls }
  }
  return { model, requests }
}

/** The names of the tools in each request. */
export const toolsIn = (requests: readonly ModelRequest[]): string[][] =>
  requests.map(({ tools = [] }) => tools.map(({ name }) => name))
/** The texts of a conversation, with the role of each. */
export const texts = (messages: readonly ChatMessage[] = []): string[] =>
  messages.map(({ role, content }) => `${role}: ${typeof content === 'string' ? content : ''}`)
/** What the tools came to, as the model reads it. */
export const results = ({ messages }: { messages: readonly ChatMessage[] }): unknown[] =>
  messages.flatMap(({ role, content }) => (role === 'tool' ? [content] : []))

type Startable = Omit<AnyActorRef, 'start'> & { start(): AnyActorRef }
/** A run that goes on from a snapshot, as a database has kept it. */
export const resumed = (it: { machine: unknown }, snapshot: unknown): AnyActorRef =>
  (createActor(it.machine as never, { snapshot: json(snapshot), input: '' } as never) as never as Startable).start()
