import type { ChatMessage, Json, ModelRequest, RunContext } from '../types.ts'
import type { ModelAnswer } from './model-answer.ts'
import { withTimeouts, type TimedRequest, idempotencyHeader } from './request-timeout.ts'
import { withCost } from './cost.ts'
import type { StreamTimeouts } from './stream-timeouts.ts'
import type { Prices, TokenUsage } from './prices.ts'

/**
 * How a model is spoken to over one wire. Whatever calls a model (`openAIChat`, `llmCall`, an agent) does it through one
 * of these; what all of them have in common (time limits, events, failures in words) is done around it by `speak`.
 */
export interface ModelProvider {
  /** Whose model it is, as messages say it: `anthropic`. */
  readonly label: string
  /** Over which wire it is asked, as `parts` of an answer are marked: `anthropic.messages`. */
  readonly provider: string
  readonly model: string
  /** Asks once. Pieces leave through `call.emit` while they come; throws what the SDK or the server says. */
  generate(request: ProviderRequest, call: ProviderContext): Promise<ProviderResponse>
}

/** How an answer must look: a JSON Schema whose root is an object. */
export type ResponseFormat = { readonly name: string; readonly schema: Readonly<Record<string, unknown>> }
/** `n`: how many answers are wanted. */
export type ProviderRequest = Omit<ModelRequest, 'messages' | 'schema'> & {
  readonly messages: readonly ChatMessage[]
  readonly format?: ResponseFormat
  readonly n?: number
}
/** `key`: the idempotency key, as a header can hold it. */
export type ProviderContext = TimedRequest & Pick<RunContext, 'emit' | 'log'> & { readonly key: string }

/** What a server said to one request. */
export type ProviderResponse = {
  readonly answers: readonly ModelAnswer[]
  /** Why there is no answer, although what was said was paid for. */
  readonly problem?: Error | undefined
  /** Only what the server told. */
  readonly usage?: TokenUsage | undefined
  /** What else it told: the id of its response, the model that answered, headers, metadata of the provider. */
  readonly response?: Readonly<Record<string, unknown>> | undefined
  /** What its SDK says about the request, such as a setting that it does not support. */
  readonly warnings?: readonly unknown[] | undefined
}

export type ProviderCallOptions = { readonly timeouts: StreamTimeouts; readonly prices: Prices }

/**
 * Asks a model once, under the run's signal and its timeouts. Usage, finish reasons and all else that is known of the
 * answers leave as events, also when an answer turns out to be no good: it was paid for.
 */
export async function callProvider(
  provider: ModelProvider,
  { timeouts, prices }: ProviderCallOptions,
  request: ProviderRequest,
  ctx: RunContext,
): Promise<readonly ModelAnswer[]> {
  const { emit, log } = ctx
  const reply = await withTimeouts(ctx, timeouts, (call) =>
    provider.generate(request, { ...call, emit, log, key: idempotencyHeader(ctx) }),
  )
  for (const warning of reply.warnings ?? []) emit({ type: 'warning', ...warningFields(warning) })
  if (reply.usage) emit({ type: 'usage', ...withCost(reply.usage, provider.model, prices) })
  const { answers } = reply
  for (const [index, answer] of answers.entries()) {
    const { reason, rawReason, index: at = index, facts = [] } = answer
    const place = answers.length > 1 ? { index: at } : {}
    if (reason) emit({ type: 'finish', reason, ...(rawReason && rawReason !== reason && { rawReason }), ...place })
    for (const { type, ...fact } of facts) emit({ type, ...fact, ...place })
  }
  if (reply.response && Object.keys(reply.response).length > 0) emit({ type: 'response', ...reply.response })
  if (reply.problem) throw reply.problem
  return answers
}

/** A warning of the AI SDK: of version 2, of 3 and 4, or of whoever says it in a text. */
function warningFields(warning: unknown): { message: string; [field: string]: unknown } {
  if (typeof warning !== 'object' || warning === null) return { message: String(warning) }
  const { type: kind, message, feature, setting, details, ...rest } = warning as Record<string, Json>
  const what = feature ?? setting ?? (rest.tool as { name?: string } | undefined)?.name
  const text = message ?? [what, details].filter((part) => part !== undefined && part !== null).join(': ')
  return {
    message: String(text || kind),
    ...(kind !== undefined && { kind }),
    ...(what !== undefined && { feature: what }),
    ...(details !== undefined && { details }),
  }
}
