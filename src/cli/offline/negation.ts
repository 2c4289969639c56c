import type { TokenKind } from './lexicon.ts'
import type { Token } from './tokenizer.ts'

/** How many words may stand between a denial and what it denies. */
const REACH = 9
/** How many may stand between two denials that make none: "not without", "no month in which he did not". */
const TWICE = 6

const negatableNouns: readonly TokenKind[] = ['debt', 'asset']
const worries: readonly TokenKind[] = ['worry', 'due', 'debt']
const claims: readonly TokenKind[] = [...worries, 'asset', 'good', 'well', 'paid', 'do', 'low', 'high', 'under', 'over']

/** Words that begin something new where a list goes on: "no debts, *a* stable job". */
const beginnings =
  /^(?:an?|the|his|her|their|our|my|its|this|he|she|they|it|i|we|you|two|three|four|five|six|several|many|multiple|numerous|some|with|on|for|from|in|at|to|by|only|which|that)$/
/** What may stand between "no" and income, so that there is none: "no proof of income". */
const negationFillers =
  /^(?:an?|any|have|has|had|own|hold|earn|current(?:ly)?|present|visible|other|formal|recent|prior|proof|evidence|sources?|form|kind|sort|of|his|her|their|with)$/

/**
 * What is denied, and by which word: "no", "hardly", "far from" deny the first phrase that follows in their clause, and
 * go on through a list (no defaults, late payments or debts). Two denials are none (not without debts).
 */
export function findNegations(words: readonly Token[]): ReadonlyMap<number, number> {
  const denied = new Map<number, number>()
  type Denial = { at: number; last: number; odd: boolean; claimed?: number | undefined }
  let denial: Denial | undefined
  for (const [at, { kind, text }] of words.entries()) {
    const back = kind === 'not' || kind === 'nothing' ? takenBack(words, at) : undefined
    if (back !== undefined) {
      denied.set(back, at)
      denial = undefined
    } else if (kind === 'not' || kind === 'nothing') {
      const isSecond: boolean =
        denial?.claimed === undefined && at - (denial?.last ?? -REACH) <= TWICE && text !== 'nor'
      denial = { at: isSecond ? (denial as Denial).at : at, last: at, odd: isSecond ? !(denial as Denial).odd : true }
    } else if (!denial) continue
    else if (kind === 'stop' || kind === 'turn' || at - denial.last > REACH) denial = undefined
    else if (kind === 'comma' && denial.last === at - 1 && denial.claimed === undefined) denial = undefined
    else if (kind === 'or') denial = { ...denial, claimed: undefined, last: at }
    else if (kind === 'comma' || kind === 'and') {
      if (/^(?:and|or)$/.test(words[at + 1]?.kind ?? '')) continue
      const first = denial.claimed === undefined ? 'worry' : words[denial.claimed]?.kind
      denial = isListed(words, at + 1, first) ? { ...denial, claimed: undefined, last: at } : undefined
    } else if (denial.claimed !== undefined) {
      // "No debt is overdue", "no debts that are overdue": the denial goes on through the verb.
      const isOn = denial.claimed === at - 1 && negatableNouns.includes(words[at - 1]?.kind as TokenKind)
      if (isOn && (kind === 'is' || /^(?:that|which)$/.test(words[at]?.text ?? ''))) {
        denial = { ...denial, claimed: undefined, last: at }
      }
    } else if (claims.includes(kind) && canClaim(words, at, denial.last)) {
      if (denial.odd) denied.set(at, denial.at)
      const next = words[at + 1]?.kind
      // "No serious problems", "no bad debts" deny both.
      const isOne = kind !== 'low' && !negatableNouns.includes(kind) && next !== undefined && worries.includes(next)
      denial = { ...denial, last: at, claimed: isOne ? undefined : at }
    }
  }
  return denied
}

/** What a word takes back that was said before it: "defaults: none", "missed no payment", "unemployed? No." */
function takenBack(words: readonly Token[], at: number): number | undefined {
  const { kind, text } = words[at] as Token
  let from = at - 1
  while (at - from <= 3 && (words[from]?.kind === 'is' || /^(?:on|[:=?(–—$€£-])$/.test(words[from]?.text ?? '')))
    from -= 1
  const before = words[from]
  if (!before) return undefined
  const next = words[at + 1]
  // "Defaults: none on record", "0 in the last year", but not "debts: none are paid"
  const isEntry = words[at - 1]?.text === ':' && next?.kind !== 'is'
  const isLast = !next || ['stop', 'comma', 'turn', 'and'].includes(next.kind) || /^[();|]$/.test(next.text)
  if (kind === 'nothing') {
    const isWhole = isLast || isEntry || /^(?:miss|skip|ow|default|repaid|paid)/.test(before.text)
    return isWhole && [...worries, 'asset', 'paid'].includes(before.kind) ? from : undefined
  }
  if (!/^(?:no|nobody|zero|0|never|neither)$/.test(text) || ![...worries, 'asset'].includes(before.kind))
    return undefined
  if (isEntry && /^(?:zero|0)$/.test(text)) return from
  return isLast || (from === at - 1 && /^(?:miss|skip|ow)/.test(before.text)) ? from : undefined
}

function canClaim(words: readonly Token[], at: number, from: number): boolean {
  const { kind } = words[at] as Token
  const next = words[at + 1]?.kind
  // Who cannot pay has a worry, who does not may have nothing to pay.
  if (kind === 'do') {
    const [before, denial] = [words[from - 1]?.text ?? '', words[from]?.text ?? '']
    // What an income does not cover is a worry, too.
    const isMeans = /^(?:meet|cover|suffice|service)/.test(words[at]?.text ?? '') && hasMeans(words, from)
    return isMeans || /able to$|^(?:can|could|fail|refus|no (?:way|means))/.test(denial === 'not' ? before : denial)
  }
  // "Nobody would call the debt low" denies that it is low.
  if (kind === 'debt')
    return !words.slice(from + 1, at).some(({ text }) => /^(?:call|consider|describe|think|sa[iy])/.test(text))
  if (kind !== 'asset') return true
  // In "no income problems" the problems are denied; in "never changed jobs" the job is not.
  if (next === 'worry' || next === 'due') return false
  return words.slice(from + 1, at).every(({ kind, text }) => kind === 'good' || negationFillers.test(text))
}

/** Whether the subject of a verb that is denied here is an income: "her income does not", "his pension hardly". */
function hasMeans(words: readonly Token[], denial: number): boolean {
  for (let at = denial - 1; at >= denial - 6; at -= 1) {
    const { kind, text } = words[at] ?? { kind: 'stop', text: '' }
    if (kind === 'stop' || kind === 'turn' || kind === 'comma' || kind === 'and') return false
    if (kind === 'asset' || /^(?:pensions?|benefits|pay|takings|rents)$/.test(text)) return true
  }
  return false
}

/** Whether a list goes on from here: with bare nouns, or with anything up to an "or". */
function isListed(words: readonly Token[], from: number, first: TokenKind | undefined): boolean {
  for (let at = from; at < from + 14; at += 1) {
    const kind = words[at]?.kind
    if (kind === 'or') return true
    if (kind === undefined || ['and', 'stop', 'turn', 'is', 'not', 'nothing'].includes(kind)) break
  }
  // After "not high" no list of nouns goes on.
  if (first === undefined || ![...worries, 'asset'].includes(first)) return false
  for (let at = from; at < from + 3; at += 1) {
    const word = words[at]
    if (word && worries.includes(word.kind)) return isNoun(word, words[at + 1])
    if (!word || !['other', 'burden'].includes(word.kind) || beginnings.test(word.text)) return false
  }
  return false
}

/** Whether a list can go on with this phrase: a verb, or the subject of one, begins a clause of its own. */
function isNoun({ text }: Token, next: Token | undefined): boolean {
  if (next?.kind === 'is') return false
  const owes = text.slice(text.lastIndexOf(' ') + 1).includes('ow')
  if (!owes && !/(?:ed|ing|less|bankrupt|insolvent|delinquent|late|behind|due|paid|weak|poor|bad|able)$/.test(text))
    return true
  const isAdjective = next !== undefined && [...worries, 'burden', 'other'].includes(next.kind)
  return isAdjective && /^\w+$/.test(next.text) && !beginnings.test(next.text)
}
