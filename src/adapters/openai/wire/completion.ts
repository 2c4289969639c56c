import { isPlainObject } from '../../../border/shape.ts'
import type { Answer } from '../../../models/answer.ts'
import { ModelError } from '../../../models/failure/error.ts'
import { keptParts } from '../../../models/parts.ts'
import type { Reply } from '../../../models/provider.ts'
import { responseFacts } from '../../../models/response-facts.ts'
import { write } from '../../../models/writing.ts'
import type { Choice } from './choice.ts'
import { noCompletion } from './server-error.ts'
import type { Completion } from './stream.ts'
import { tokensOf } from './usage.ts'

/** Of whom how many answers were wanted, and what came with them. */
type Asked = { provider: string; n: number; headers: unknown }

/** What a completion says. */
export function readCompletion({ choices, usage, last }: Completion, { provider, n, headers }: Asked): Reply {
  const { id, model: modelId } = Object(last) as { id?: unknown; model?: unknown }
  return {
    answers: choices.map((choice) => answerOf(choice, provider)),
    problem: problemOf(choices.length, n, last),
    usage: tokensOf(usage),
    response: responseFacts({ id, modelId, headers }),
  }
}

function problemOf(found: number, n: number, last: unknown): ModelError | undefined {
  if (found === 0) return noCompletion(write(last), {})
  if (found >= n) return undefined
  return new ModelError(
    'no_answer',
    `the server returned ${found} of ${n} answers: it may not support the option n. Call the model once for each answer, in a parallel`,
  )
}

function answerOf({ content, refusal, reason, rawReason, calls, extras, logprobs }: Choice, provider: string): Answer {
  const isMore = Object.keys(extras).length > 0
  return {
    content,
    refusal,
    reason,
    rawReason,
    // An id may be missing: who takes the answer into a conversation gives it one.
    tool_calls: calls,
    parts: isMore ? keptParts(provider, [extras]) : undefined,
    facts: [...(logprobs ? [{ type: 'logprobs', content: logprobs }] : []), ...sourcesIn(extras)],
  }
}

/** Where a model that searched found what it says. */
const sourcesIn = ({ annotations }: Choice['extras']): { type: string; [field: string]: unknown }[] =>
  (Array.isArray(annotations) ? annotations : []).flatMap((one: unknown) => {
    const { type, url_citation: cited } = Object(one) as { type?: unknown; url_citation?: unknown }
    if (type !== 'url_citation' || !isPlainObject(cited)) return []
    return [{ type: 'source', sourceType: 'url', url: cited.url, title: cited.title }]
  })
