import type { ToolCall } from '../../../types.ts'

/** What servers call the reasons for which an answer ended, in OpenAI's words; letters only, in small. */
const REASONS: Readonly<Record<string, string>> = {
  ...named(
    'stop',
    'stop endturn turnend end eos eostoken eot stopsequence stopword complete completed finish finished done',
  ),
  ...named('length', 'length maxtokens maxoutputtokens maxlength modellength tokenlimit outputlimit maxtokensreached'),
  ...named('tool_calls', 'toolcalls toolcall tooluse functioncall functioncalls'),
  ...named(
    'content_filter',
    'contentfilter contentfiltered safety recitation blocklist prohibitedcontent spii sensitive refusal',
  ),
  ...named(
    'error',
    'error abort aborted cancelled canceled insufficientsystemresource malformedfunctioncall networkerror',
  ),
}

function named(reason: string, words: string): Record<string, string> {
  return Object.fromEntries(words.split(' ').map((word) => [word, reason]))
}

/** A finish reason in OpenAI's words; one that nobody knows as it is, none as undefined. */
export function reasonOf(given: unknown): string | undefined {
  if (typeof given !== 'string' || given.trim() === '') return undefined
  const letters = given.toLowerCase().replaceAll(/[^a-z]/g, '')
  return Object.hasOwn(REASONS, letters) ? REASONS[letters] : given
}

type Ended = { reason?: string | undefined; content: string | null; refusal: string | null; calls: readonly ToolCall[] }

/** Why an answer ended, by what it holds where the server says nothing or something else: some stop with calls. */
export function endOf({ reason, content, refusal, calls }: Ended): string | null {
  if (calls.length > 0 && (reason === undefined || reason === 'stop')) return 'tool_calls'
  if (calls.length === 0 && content && reason === 'tool_calls') return 'stop'
  return reason ?? (content !== null || refusal !== null ? 'stop' : null)
}
