import type { ToolCall } from '../../../types.ts'

/** OpenAI's finish reasons for those of other servers, as lower case letters. */
const FINISH_REASONS: Readonly<Record<string, string>> = {
  ...aliases(
    'stop',
    'stop endturn turnend end eos eostoken eot stopsequence stopword complete completed finish finished done',
  ),
  ...aliases(
    'length',
    'length maxtokens maxoutputtokens maxlength modellength tokenlimit outputlimit maxtokensreached',
  ),
  ...aliases('tool_calls', 'toolcalls toolcall tooluse functioncall functioncalls'),
  ...aliases(
    'content_filter',
    'contentfilter contentfiltered safety recitation blocklist prohibitedcontent spii sensitive refusal',
  ),
  ...aliases(
    'error',
    'error abort aborted cancelled canceled insufficientsystemresource malformedfunctioncall networkerror',
  ),
}

function aliases(reason: string, words: string): Record<string, string> {
  return Object.fromEntries(words.split(' ').map((word) => [word, reason]))
}

/** A finish reason in OpenAI's terms. An unknown one is returned unchanged, a missing one as undefined. */
export function normalizeFinishReason(given: unknown): string | undefined {
  if (typeof given !== 'string' || given.trim() === '') return undefined
  const letters = given.toLowerCase().replaceAll(/[^a-z]/g, '')
  return Object.hasOwn(FINISH_REASONS, letters) ? FINISH_REASONS[letters] : given
}

type EndedChoice = {
  reason?: string | undefined
  content: string | null
  refusal: string | null
  calls: readonly ToolCall[]
}

/**
 * The finish reason by the content of the answer, if the server sent none or a wrong one: some send `stop` with tool
 * calls.
 */
export function inferFinishReason({ reason, content, refusal, calls }: EndedChoice): string | null {
  if (calls.length > 0 && (reason === undefined || reason === 'stop')) return 'tool_calls'
  if (calls.length === 0 && content && reason === 'tool_calls') return 'stop'
  return reason ?? (content !== null || refusal !== null ? 'stop' : null)
}
