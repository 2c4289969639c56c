import type { TokenKind } from './lexicon.ts'
import type { Token } from './tokenizer.ts'

type Tokens = readonly Token[]
type Denied = ReadonlyMap<number, number>
type Noun = 'debt' | 'burden' | 'asset'
/** What is said of a noun, and where. */
export type Qualifier = { readonly worries: boolean; readonly at: number }

/** How many words are looked at on each side. */
const BEFORE = 6
const AFTER = 12

const qualifiedNouns: readonly TokenKind[] = ['debt', 'burden', 'asset']
const levels: readonly TokenKind[] = ['low', 'high', 'good', 'well', 'paid', 'under', 'over', 'worry', 'due']
/** Such levels stand anywhere after a noun; the others with a verb between, or at once. */
const looseQualifiers: readonly TokenKind[] = ['well', 'paid', 'under', 'over', 'due']
const fillers =
  /^(?:[:=(–—-]|very|well|far|quite|rather|so|too|at|just|only|much|extremely|relatively|fairly|really|pretty|currently|always|often|all|now|since|comfortably|steadily|significantly|in|long|of|total(?:s|ing)?|amounts?|levels?|to|takes?|took|eats?|ate|consumed?|consumes|absorbs?|up)$/
const prepositions = /^(?:with|in|on|for|by|to|at|from|as|than|against|after|about|towards?|through)$/

/** What is said of the debt, burden or asset at a place: right before it, or after it in the same clause. */
export function qualifierOf(words: Tokens, denied: Denied, at: number, depth = 0): Qualifier | undefined {
  const before = levelBefore(words, denied, at)
  const { level: after, isVerbal } = levelAfter(words, denied, at)
  const own = isVerbal ? (after ?? before) : (before ?? after)
  if (own || depth > 2) return own
  // "Debts and expenses are low" says it of both.
  for (const step of [-1, 1]) {
    const other = words[at + 2 * step]?.kind
    if (!/^(?:and|or|comma)$/.test(words[at + step]?.kind ?? '') || (other !== 'debt' && other !== 'burden')) continue
    const shared = qualifierOf(words, denied, at + 2 * step, depth + 1)
    if (shared && words[at]?.kind !== 'asset') return shared
  }
  return undefined
}

function levelBefore(words: Tokens, denied: Denied, at: number): Qualifier | undefined {
  const noun = words[at]?.kind as Noun
  for (let from = at - 1; from >= Math.max(0, at - BEFORE); from -= 1) {
    const { kind, text } = words[from] as Token
    if (kind === 'percent') return shareLevel(words, at, from)
    if (kind === 'number') return scoreLevel(words, at, from)
    if (kind === 'under' || kind === 'over') {
      // What exceeds the debts is no debt; they may exceed something, too.
      const exceeds = noun === 'debt' && /^(?:exceed|outweigh|surpass|dwarf)/.test(text) && !text.endsWith(' by')
      return exceeds ? { worries: denied.has(from), at: from } : undefined
    }
    // "A tenth of the income" says how little something else is.
    if (noun === 'asset' && text.startsWith('a ')) return undefined
    if (levels.includes(kind)) return verdict(noun, kind, denied.has(from), from)
    if (kind !== 'other' || prepositions.test(text) || !/^\w/.test(text)) return undefined
  }
  return undefined
}

function levelAfter(words: Tokens, denied: Denied, at: number): { level?: Qualifier | undefined; isVerbal: boolean } {
  const noun = words[at]?.kind as Noun
  const owes = words[at]?.text.startsWith('ow')
  let [isVerbal, isNear] = [false, true]
  let level: Qualifier | undefined
  for (let to = at + 1; to <= at + 2 * AFTER && to < words.length; to += 1) {
    const { kind, text } = words[to] as Token
    const next = words[to + 1]
    if (kind === 'stop' || qualifiedNouns.includes(kind)) break
    if (kind === 'is') isVerbal = true
    else if (kind === 'turn' || kind === 'and' || kind === 'or' || kind === 'comma') {
      if (continuesClause(words, to, level !== undefined, isVerbal)) continue
      const end = to === at + 1 && kind === 'comma' ? endOfAside(words, to) : undefined
      if (end === undefined) break
      to = end
    } else if (kind === 'percent') level = shareLevel(words, at, to, level) ?? level
    else if (kind === 'number') level = scoreLevel(words, at, to) ?? level
    else if (levels.includes(kind)) {
      if (next && qualifiedNouns.includes(next.kind) && ['low', 'high', 'good'].includes(kind)) break
      if (!isVerbal && !isNear && !looseQualifiers.includes(kind) && !owes && level === undefined) continue
      if (noun === 'asset' && /^(?:an?|the)$/.test(words[to - 1]?.text ?? '')) continue
      level = verdict(noun, kind, denied.has(to), to) ?? level
    } else if (kind === 'other' && !fillers.test(text)) isNear = false
    if (owes && text === 'only') level = { worries: false, at: to }
  }
  return { level, isVerbal }
}

/** Whether it is still about the same noun: "small but growing", "debts, which are small", "restructured and repaid". */
function continuesClause(words: Tokens, at: number, hasLevel: boolean, isVerbal: boolean): boolean {
  const kind = words[at]?.kind
  if (kind === 'comma' && /^(?:which|all|most|both)$/.test(words[at + 1]?.text ?? '')) return true
  if (kind === 'comma' && words[at + 1]?.kind === 'paid') return true
  if (!hasLevel && !(isVerbal && kind === 'and')) return false
  const next = words[at + 1]?.kind === 'other' ? at + 2 : at + 1
  return levels.includes(words[next]?.kind as TokenKind) && !qualifiedNouns.includes(words[next + 1]?.kind as TokenKind)
}

/** The second comma of "debts, mostly a car loan, are small". */
function endOfAside(words: Tokens, from: number): number | undefined {
  for (let at = from + 1; at <= from + AFTER; at += 1) {
    const kind = words[at]?.kind
    if (kind === undefined || kind === 'stop' || kind === 'turn') return undefined
    if (kind === 'comma') return words[at + 1]?.kind === 'is' ? at : undefined
  }
  return undefined
}

/** Of debts and burdens a low level is good, of assets a high one. */
function verdict(noun: Noun, kind: TokenKind, isDenied: boolean, at: number): Qualifier | undefined {
  const isMuch = kind === 'high' || kind === 'over'
  const isLittle = kind === 'low' || kind === 'under'
  if (noun === 'asset' && isMuch && isDenied) return undefined
  const isGood = isMuch || isLittle ? isMuch === (noun === 'asset') : kind !== 'worry' && kind !== 'due'
  return { worries: isGood === isDenied, at }
}

/** In percent: from which share on a ratio worries, as lenders commonly see it. */
const limits: readonly [RegExp, number][] = [
  [/utili|usage|balance/, 50],
  [/value|ltv/, 95],
  [/debt|dti|leverage|payment|instal|rent|mortgage/, 43],
]
/** "Above 30 percent" says that it is much, "above 10 percent" does not. */
const MUCH = 28
/** The lowest credit score that lenders commonly take without more ado. */
const SCORE = 600

function shareLevel(words: Tokens, at: number, from: number, said?: Qualifier): Qualifier | undefined {
  const limit = limits.find(([name]) => name.test(words[at]?.text ?? ''))?.[1]
  if (limit === undefined || /^(?:interest|apr)$/.test(words[from + 1]?.text ?? '')) return undefined
  const given = words[from]?.text ?? ''
  const share = Number.parseFloat(given.replace(',', '.')) * (/^0?\./.test(given) && !/[%p]/.test(given) ? 100 : 1)
  const isOver = said !== undefined && from - said.at <= 2 && words[said.at]?.kind === 'over'
  if (isOver) return { worries: said.worries && share > MUCH, at: from }
  return { worries: share > limit, at: from }
}

function scoreLevel(words: Tokens, at: number, from: number): Qualifier | undefined {
  const score = Number(words[from]?.text)
  if (!/score|fico|rating/.test(words[at]?.text ?? '') || !(score >= 300 && score <= 850)) return undefined
  if (words[from - 1]?.kind === 'under') return undefined
  return { worries: score < SCORE, at: from }
}

const quantity = /^(?:risks?|level|amount|number|chance|probability|likelihood|degree|rate|share)$/

/** Whether a worry is small, paid, or long past. */
export function isMitigated(words: Tokens, denied: Denied, at: number): boolean {
  const isLow = (place: number) => words[place]?.kind === 'low' && !denied.has(place)
  if (isLow(at - 1) || (words[at - 1]?.text === 'of' && quantity.test(words[at - 2]?.text ?? '') && isLow(at - 3)))
    return true
  for (const step of [-1, 1]) {
    for (let near = at + step; Math.abs(near - at) <= 8; near += step) {
      const { kind } = words[near] ?? { kind: 'stop' }
      if (kind === 'past') return true
      if (kind === 'stop' || kind === 'turn' || kind === 'and') break
    }
  }
  const subject = quantity.test(words[at + 1]?.text ?? '') ? at + 1 : at
  const verb = endOfPlace(words, subject + 1)
  if (words[verb]?.kind === 'is' && isEasedBy(words, denied, verb + 1)) return true
  return words[at]?.kind === 'due' && (isPaidBefore(words, denied, at) || isPaidAfter(words, denied, at))
}

/** What follows on "in her field", "on the first loan". */
function endOfPlace(words: Tokens, from: number): number {
  if (!/^(?:in|on|at|for|among|with)$/.test(words[from]?.text ?? '')) return from
  let at = from + 1
  while (at < from + 5 && words[at]?.kind === 'other') at += 1
  return at
}

/** "… are few", "… is now under control", "… is not an issue" */
function isEasedBy(words: Tokens, denied: Denied, from: number): boolean {
  for (let at = from; at < from + 4; at += 1) {
    const { kind, text } = words[at] ?? { kind: 'stop', text: '' }
    const eases = ['low', 'under', 'paid'].includes(kind) || /^(?:manageable|under control|in check)$/.test(text)
    // "The default has limited his means" is no small default.
    if (eases) return !denied.has(at) && !(kind === 'low' && /^ha(?:s|ve|d)$/.test(words[at - 1]?.text ?? ''))
    if (/^(?:issues?|problems?|concerns?|trouble|difficulty)$/.test(text)) return denied.has(at)
    if (!['is', 'other', 'not'].includes(kind)) return false
  }
  return false
}

/** "Has paid all arrears" */
function isPaidBefore(words: Tokens, denied: Denied, at: number): boolean {
  for (let from = at - 1; from >= at - 3; from -= 1) {
    if (words[from]?.kind === 'paid') return !denied.has(from)
    if (words[from]?.kind !== 'other') return false
  }
  return false
}

/** "A late bill, since paid", "in arrears, but has repaid all of it" */
function isPaidAfter(words: Tokens, denied: Denied, from: number): boolean {
  for (let at = from + 1; at <= from + AFTER; at += 1) {
    const { kind, text } = words[at] ?? { kind: 'stop', text: '' }
    if (kind === 'stop' || kind === 'due' || kind === 'debt') return false
    if (kind !== 'paid' || denied.has(at)) continue
    const before = words[at - 1]
    return (
      !/^(?:paid|pays)$/.test(text) ||
      before?.kind === 'is' ||
      /^(?:since|now|later|then|already|all)$/.test(before?.text ?? '')
    )
  }
  return false
}
