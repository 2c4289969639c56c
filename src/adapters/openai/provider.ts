import type { ChatCompletionCreateParamsBase } from 'openai/resources/chat/completions'
import type { ModelProvider } from '../../models/provider.ts'
import type { ChatMessage, Policy, ToolChoice, ToolSpec } from '../../types.ts'
import { bodyOf, leftOut } from './body.ts'
import { type Access, clientOf, hostOf, type OpenAIClient, requestOptions } from './client.ts'
import { readCompletion } from './completion.ts'
import { explained } from './connection.ts'
import { responseFormat } from './response-format.ts'
import { collect } from './stream.ts'

type Options = Omit<ChatCompletionCreateParamsBase, 'messages' | 'tools'>
type Create = (body: object, options: object) => unknown

/** Chat Completions of OpenAI, or of a server that speaks its language, with the options of each request. */
export const chatProvider =
  (access: Access<OpenAIClient>, defaults: Options, timeout: Policy['timeout']) => async (): Promise<ModelProvider> => {
    const client = await clientOf(access)
    const { completions } = client.chat
    const create = completions.create.bind(completions) as unknown as Create
    const provider = hostOf(client)
    const { model } = defaults
    return {
      provider,
      model,
      ask: async ({ messages, tools = [], toolChoice, format, settings, n = 1 }, { signal, heard, emit, log, key }) => {
        const options: Options = { ...defaults, ...settings }
        const { stream, n: given } = options
        const body = {
          ...(format && { response_format: responseFormat(format.name, format.schema) }),
          ...options,
          ...(stream && { stream_options: { include_usage: true, ...options.stream_options } }),
          ...(toolChoice !== undefined && { tool_choice: choiceOf(toolChoice) }),
          ...((n > 1 || given !== undefined) && { n }),
        }
        const request = bodyOf({ ...body, messages: wireMessages(messages, provider), tools: tools.map(functionTool) })
        const missing = leftOut(body, request)
        if (missing.length > 0) log(`left out ${missing.join(', ')}: ${model} does not take it`)
        try {
          const response = await create(request, requestOptions(key, signal, timeout))
          heard(false)
          const completion = stream
            ? await collect(response as AsyncIterable<object>, { signal, heard, emit, n })
            : response
          return readCompletion(completion, n)
        } catch (thrown) {
          throw signal.aborted ? thrown : explained(thrown)
        }
      },
    }
  }

const functionTool = (tool: ToolSpec) => ({ type: 'function', function: tool })
const choiceOf = (choice: ToolChoice) =>
  typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.toolName } }

/** What stands in a message for other providers does not go over this wire. */
const wireMessages = (messages: readonly ChatMessage[], _provider: string): object[] => messages as object[]
