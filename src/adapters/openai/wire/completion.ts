import { isPlainObject } from '../../../border/shape.ts'
import type { ModelAnswer } from '../../../models/model-answer.ts'
import { ModelError } from '../../../models/failure/model-error.ts'
import { toProviderParts } from '../../../models/provider-parts.ts'
import type { ProviderResponse } from '../../../models/provider.ts'
import { responseMetadata } from '../../../models/response-metadata.ts'
import { stringify } from '../../../models/stringify.ts'
import type { ChatChoice } from './choice-accumulator.ts'
import { noCompletionError } from './server-error.ts'
import type { CollectedCompletion } from './collect-completion.ts'
import { readTokenUsage } from './usage.ts'

/** Of whom how many answers were wanted, and what came with them. */
type CompletionContext = { provider: string; n: number; headers: unknown }

/** What a completion says. */
export function readCompletion(
  { choices, usage, last }: CollectedCompletion,
  { provider, n, headers }: CompletionContext,
): ProviderResponse {
  const { id, model: modelId } = Object(last) as { id?: unknown; model?: unknown }
  return {
    answers: choices.map((choice) => toModelAnswer(choice, provider)),
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

function toModelAnswer(
  { content, refusal, reason, rawReason, calls, extras, logprobs }: ChatChoice,
  provider: string,
): ModelAnswer {
  const isMore = Object.keys(extras).length > 0
  return {
    content,
    refusal,
    reason,
    rawReason,
    // An id may be missing: who takes the answer into a conversation gives it one.
    tool_calls: calls,
    parts: isMore ? toProviderParts(provider, [extras]) : undefined,
    facts: [...(logprobs ? [{ type: 'logprobs', content: logprobs }] : []), ...citedSources(extras)],
  }
}

/** Where a model that searched found what it says. */
const citedSources = ({ annotations }: ChatChoice['extras']): { type: string; [field: string]: unknown }[] =>
  (Array.isArray(annotations) ? annotations : []).flatMap((one: unknown) => {
    const { type, url_citation: cited } = Object(one) as { type?: unknown; url_citation?: unknown }
    if (type !== 'url_citation' || !isPlainObject(cited)) return []
    return [{ type: 'source', sourceType: 'url', url: cited.url, title: cited.title }]
  })
