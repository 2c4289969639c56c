import type { ChatCompletionCreateParamsBase } from 'openai/resources/chat/completions'
import type { ModelProvider, ProviderCall } from '../../models/provider.ts'
import type { Policy, ToolChoice, ToolSpec } from '../../types.ts'
import { bodyOf, leftOut } from './body.ts'
import { type Access, clientOf, hostOf, type OpenAIClient, requestOptions } from './client.ts'
import { readCompletion } from './wire/completion.ts'
import { explained } from './connection.ts'
import { wireMessages } from './wire/outgoing.ts'
import { answerIn, opened } from './wire/response.ts'
import { responseFormat } from './response-format.ts'
import { withoutPage } from './wire/server-error.ts'
import { collect } from './wire/stream.ts'

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
      owner: provider,
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
        const details = `${model} does not take it`
        const warnings = missing.map((feature) => ({ type: 'unsupported', feature, details }))
        try {
          const answer = await opened(create(request, requestOptions(key, signal, timeout)), stream === true)
          heard(false)
          const names = tools.map(({ name }) => name)
          const told = { signal, heard, emit: stream ? emit : onlyReasoning(emit), n, names }
          const completion = await collect(answerIn(answer, signal), told)
          return { ...readCompletion(completion, { provider, n, headers: answer.response?.headers }), warnings }
        } catch (thrown) {
          throw signal.aborted ? thrown : explained(withoutPage(thrown), client, model)
        }
      },
    }
  }

const functionTool = (tool: ToolSpec) => ({ type: 'function', function: tool })
const choiceOf = (choice: ToolChoice) =>
  typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.toolName } }

/** Without a stream, what comes in pieces is told once it is whole; what the model thinks is told all the same. */
const onlyReasoning =
  (emit: ProviderCall['emit']): ProviderCall['emit'] =>
  (event) =>
    event.type === 'reasoning' ? emit(event) : undefined
