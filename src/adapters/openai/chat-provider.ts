import type { ChatCompletionCreateParamsBase } from 'openai/resources/chat/completions'
import type { ModelProvider, ProviderContext } from '../../models/provider.ts'
import type { Policy, ToolChoice, ToolSpec } from '../../types.ts'
import { requestBody, omittedOptions } from './request-body.ts'
import { type ClientOptions, resolveClient, serverName, type OpenAIClient, requestOptions } from './client.ts'
import { readCompletion } from './wire/completion.ts'
import { annotateSdkError } from './sdk-error.ts'
import { toWireMessages } from './wire/request-messages.ts'
import { responseValues, openResponse } from './wire/response-values.ts'
import { responseFormat } from './response-format.ts'
import { withoutHtml } from './wire/server-error.ts'
import { collectCompletion } from './wire/collect-completion.ts'

type ChatRequestOptions = Omit<ChatCompletionCreateParamsBase, 'messages' | 'tools'>
type CreateCompletion = (body: object, options: object) => unknown

/** Chat Completions of OpenAI or of a compatible server, with the options of each request. */
export const chatProvider =
  (access: ClientOptions<OpenAIClient>, defaults: ChatRequestOptions, timeout: Policy['timeout']) =>
  async (): Promise<ModelProvider> => {
    const client = await resolveClient(access)
    const { completions } = client.chat
    const create = completions.create.bind(completions) as unknown as CreateCompletion
    const provider = serverName(client)
    const { model } = defaults
    return {
      label: provider,
      provider,
      model,
      generate: async (
        { messages, tools = [], toolChoice, format, settings, n = 1 },
        { signal, onActivity, emit, log, key },
      ) => {
        const options: ChatRequestOptions = { ...defaults, ...settings }
        const { stream, n: given } = options
        const body = {
          ...(format && { response_format: responseFormat(format.name, format.schema) }),
          ...options,
          ...(stream && { stream_options: { include_usage: true, ...options.stream_options } }),
          ...(toolChoice !== undefined && { tool_choice: toChatToolChoice(toolChoice) }),
          ...((n > 1 || given !== undefined) && { n }),
        }
        const request = requestBody({
          ...body,
          messages: toWireMessages(messages, provider),
          tools: tools.map(toChatTool),
        })
        const missing = omittedOptions(body, request)
        if (missing.length > 0) log(`left out ${missing.join(', ')}: not supported by ${model}`)
        const details = `not supported by ${model}`
        const warnings = missing.map((feature) => ({ type: 'unsupported', feature, details }))
        try {
          const answer = await openResponse(create(request, requestOptions(key, signal, timeout)), stream === true)
          onActivity(false)
          const names = tools.map(({ name }) => name)
          const collectOptions = { signal, onActivity, emit: stream ? emit : emitReasoningOnly(emit), n, names }
          const completion = await collectCompletion(responseValues(answer, signal), collectOptions)
          return { ...readCompletion(completion, { provider, n, headers: answer.response?.headers }), warnings }
        } catch (thrown) {
          throw signal.aborted ? thrown : annotateSdkError(withoutHtml(thrown), client, model)
        }
      },
    }
  }

const toChatTool = (tool: ToolSpec) => ({ type: 'function', function: tool })
const toChatToolChoice = (choice: ToolChoice) =>
  typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.toolName } }

/** Without `stream`, tokens are not emitted; reasoning is. */
const emitReasoningOnly =
  (emit: ProviderContext['emit']): ProviderContext['emit'] =>
  (event) =>
    event.type === 'reasoning' ? emit(event) : undefined
