import type { TokenKind } from './lexicon.ts'
import type { Token } from './tokenizer.ts'

/**
 * "He says the debt is small; in fact it is enormous", "… but they are enormous": after a turn, "it" is the debt or
 * income that was spoken of last. To have it is no worry of its own, so a debt becomes a burden.
 */
export function resolvePronouns(words: readonly Token[]): readonly Token[] {
  let noun: TokenKind | undefined
  return words.map((word, at) => {
    const { kind, text } = word
    if (kind === 'debt' || kind === 'burden') noun = 'burden'
    else if (kind === 'asset') noun = kind
    else if (noun && (text === 'it' || text === 'they') && isAnaphoric(words, at)) return { ...word, kind: noun }
    return word
  })
}

/** Whether a level follows, and a turn stands before: "they are a large family" says nothing of debts. */
function isAnaphoric(words: readonly Token[], at: number): boolean {
  const before = words[at - 1]?.kind === 'comma' ? at - 2 : at - 1
  const isVerb = words[at + 1]?.kind === 'is'
  return isVerb && words[before]?.kind === 'turn' && !/^(?:an?|the)$/.test(words[at + 2]?.text ?? '')
}
