import { findNegations } from './negation.ts'
import { qualifierOf, isMitigated } from './qualifiers.ts'
import { resolvePronouns } from './pronoun-resolution.ts'
import { tokenize } from './tokenizer.ts'

/** A summary of the rule below, for the user who reads its answers. */
export const RULE =
  'missed payments, unemployment, default, debt, a low income and the like → bad, unless denied, small, manageable or paid; a reassurance that is denied ("not manageable") → bad; all else → good.'

/**
 * The risk phrases in an English loan application, found by a lexicon: risks, what cancels them (a negation, a qualifier, a
 * payment), and how far these reach within a clause.
 */
export function findRisks(said: string): string[] {
  const { text, words: plain } = tokenize(said)
  const words = resolvePronouns(plain)
  const denied = findNegations(words)
  const spans: (readonly [from: number, to: number])[] = []
  for (const [at, { kind }] of words.entries()) {
    const denial = denied.get(at)
    const next = words[at + 1]?.kind
    const isNamedNext = next === 'worry' || next === 'due'
    if (kind === 'worry' || kind === 'due') {
      if (denial === undefined && !isMitigated(words, denied, at)) spans.push([at, at])
    } else if (kind === 'good' || kind === 'well' || kind === 'paid' || kind === 'do') {
      if (denial !== undefined && !isNamedNext) spans.push([Math.min(denial, at), Math.max(denial, at)])
    } else if (kind === 'debt' || kind === 'burden' || kind === 'asset') {
      if (isNamedNext) continue
      const level = kind === 'debt' && denial !== undefined ? undefined : qualifierOf(words, denied, at)
      if (level?.worries) spans.push([Math.min(at, level.at), Math.max(at, level.at)])
      else if (level) continue
      else if (kind === 'debt' && denial === undefined && !isMitigated(words, denied, at)) spans.push([at, at])
      else if (kind === 'asset' && denial !== undefined) spans.push([Math.min(denial, at), Math.max(denial, at)])
    }
  }
  const phrases = mergeSpans(spans).map(([from, to]) => text.slice(words[from]?.start, words[to]?.end))
  return [...new Map(phrases.map((phrase) => [phrase.toLowerCase(), phrase])).values()]
}

/** Spans that overlap or touch as one. */
function mergeSpans(spans: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const all: [number, number][] = []
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    const last = all.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else all.push([from, to])
  }
  return all
}
