import type { ChatMessage } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { mockServer } from '../../adapters/openai/server.ts'

type Asked = readonly [name: string, given: object | string]
/** What the model does in a turn: says something, or asks for tools. */
export type Turn = string | readonly Asked[]

/** A chat with a server of aimock on this machine, whose model goes by a script: a turn for each of its turns so far. */
export async function scriptedModel(
  script: (turn: number, messages: readonly ChatMessage[]) => Turn,
  options: object = {},
) {
  const { mock, access } = await mockServer()
  mock.on({}, ({ messages }) => {
    const turn = messages.filter(({ role }) => role === 'assistant').length
    const said = script(turn, messages as readonly ChatMessage[])
    if (typeof said === 'string') return { content: said }
    return {
      toolCalls: said.map(([name, given], place) => ({
        id: `call_${turn}_${place}`,
        name,
        arguments: typeof given === 'string' ? given : JSON.stringify(given),
      })),
    }
  })
  const model = openAIChat({ name: 'chat', model: 'gpt-4o-mini', ...access, ...options })
  /** The bodies of the requests, in their order. */
  const requests = () =>
    mock.getRequests().map(({ body }) => body as unknown as { messages: ChatMessage[]; tools?: object[] })
  return { mock, model, requests }
}

/** The answers of tools in a request, as the model gets them. */
export const answers = ({ messages }: { messages: readonly ChatMessage[] }): unknown[] =>
  messages.flatMap((message) => (message.role === 'tool' ? [message.content] : []))
