import type { ChatMessage, Json, ModelRequest, RunContext } from '../types.ts'
import type { ProviderAnswer } from './provider-answer.ts'
import { withTimeouts, type TimedRequest, idempotencyHeader } from './request-timeout.ts'
import { withCost } from './cost.ts'
import type { StreamTimeouts } from './stream-timeouts.ts'
import type { Prices, TokenUsage } from './prices.ts'

/**
 * A model of one provider's API. All functions that call a model (`openAIChat`, `llmCall`, an agent) use this
 * interface; timeouts, events and error messages are added by `callProvider`.
 */
export interface ModelProvider {
  /** The provider's name in messages: `anthropic`. */
  readonly label: string
  /** The provider's API, as in `parts.provider` of a message: `anthropic.messages`. */
  readonly provider: string
  readonly model: string
  /** Sends one request. Deltas are emitted with `call.emit`; errors of the SDK or the server are thrown. */
  generate(request: ProviderRequest, call: ProviderContext): Promise<ProviderResponse>
}

/** Structured output: a JSON Schema whose root is an object. */
export type ResponseFormat = { readonly name: string; readonly schema: Readonly<Record<string, unknown>> }
/** `n`: how many answers to request. */
export type ProviderRequest = Omit<ModelRequest, 'messages' | 'schema'> & {
  readonly messages: readonly ChatMessage[]
  readonly format?: ResponseFormat
  readonly n?: number
}
/** `key`: the idempotency key, as a header value. */
export type ProviderContext = TimedRequest & Pick<RunContext, 'emit' | 'log'> & { readonly key: string }

/** A server's response to one request. */
export type ProviderResponse = {
  readonly answers: readonly ProviderAnswer[]
  /** Why there is no usable answer, although its tokens were charged. */
  readonly problem?: Error | undefined
  /** Only if the server reported it. */
  readonly usage?: TokenUsage | undefined
  /** Response id, model, headers and provider metadata, as far as they are known. */
  readonly response?: Readonly<Record<string, unknown>> | undefined
  /** Warnings of the SDK, such as a setting that is not supported. */
  readonly warnings?: readonly unknown[] | undefined
}

export type ProviderCallOptions = { readonly timeouts: StreamTimeouts; readonly prices: Prices }

/**
 * Sends one request, with the run's signal and the timeouts. Emits usage, finish reasons and further facts as events,
 * also for answers that are not usable, because their tokens were charged.
 */
export async function callProvider(
  provider: ModelProvider,
  { timeouts, prices }: ProviderCallOptions,
  request: ProviderRequest,
  ctx: RunContext,
): Promise<readonly ProviderAnswer[]> {
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

/** A warning of the AI SDK (of any version) as the fields of an event. */
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
