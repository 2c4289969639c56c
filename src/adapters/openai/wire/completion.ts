import { isPlainObject } from '../../../border/shape.ts'
import type { ProviderAnswer } from '../../../models/provider-answer.ts'
import { ModelError } from '../../../models/failure/model-error.ts'
import { toProviderParts } from '../../../models/provider-parts.ts'
import type { ProviderResponse } from '../../../models/provider.ts'
import { responseMetadata } from '../../../models/response-metadata.ts'
import { stringify } from '../../../models/stringify.ts'
import type { ChatChoice } from './choice-accumulator.ts'
import { noCompletionError } from './server-error.ts'
import type { CollectedCompletion } from './collect-completion.ts'
import { readTokenUsage } from './usage.ts'

/** The provider, the number of requested answers, and the response headers. */
type CompletionContext = { provider: string; n: number; headers: unknown }

/** Converts a collected completion to a `ProviderResponse`. */
export function readCompletion(
  { choices, usage, last }: CollectedCompletion,
  { provider, n, headers }: CompletionContext,
): ProviderResponse {
  const { id, model: modelId } = Object(last) as { id?: unknown; model?: unknown }
  return {
    answers: choices.map((choice) => toProviderAnswer(choice, provider)),
    problem: missingChoices(choices.length, n, last),
    usage: readTokenUsage(usage),
    response: responseMetadata({ id, modelId, headers }),
  }
}

function missingChoices(found: number, n: number, last: unknown): ModelError | undefined {
  if (found === 0) return noCompletionError(stringify(last), {})
  if (found >= n) return undefined
  return new ModelError(
    'no_answer',
    `the server returned ${found} of ${n} answers: it may not support the option n. Call the model once for each answer, in a parallel`,
  )
}

function toProviderAnswer(
  { content, refusal, reason, rawReason, calls, extras, logprobs }: ChatChoice,
  provider: string,
): ProviderAnswer {
  const isMore = Object.keys(extras).length > 0
  return {
    content,
    refusal,
    reason,
    rawReason,
    // An id may be missing: it is set when the answer becomes a message of a conversation.
    tool_calls: calls,
    parts: isMore ? toProviderParts(provider, [extras]) : undefined,
    facts: [...(logprobs ? [{ type: 'logprobs', content: logprobs }] : []), ...citedSources(extras)],
  }
}

/** The sources of a web search, from the message's annotations. */
const citedSources = ({ annotations }: ChatChoice['extras']): { type: string; [field: string]: unknown }[] =>
  (Array.isArray(annotations) ? annotations : []).flatMap((one: unknown) => {
    const { type, url_citation: cited } = Object(one) as { type?: unknown; url_citation?: unknown }
    if (type !== 'url_citation' || !isPlainObject(cited)) return []
    return [{ type: 'source', sourceType: 'url', url: cited.url, title: cited.title }]
  })
