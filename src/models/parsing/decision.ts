import { choiceMatcher } from './match-choice.ts'
import { withoutReasoning, parseWholeText, delimitedAnswer } from './extract-json.ts'

type Choice = string | number | boolean

/** Finds the choice that was decided for: what was said itself, or what is under `decision` or `type`; in JSON too. */
export function decisionMatcher<C extends Choice>(choices: readonly C[]): (value: unknown) => C | undefined {
  const choose = choiceMatcher(choices)
  const inText = (text: string): C | undefined => {
    const direct = choose(text)
    if (direct !== undefined) return direct
    const answer = withoutReasoning(text)
    const apart = delimitedAnswer(answer, (words) => choose(words) !== undefined)
    for (const part of apart === undefined ? [answer] : [answer, apart]) {
      const said = choose(part) ?? decisionText(parseWholeText(part)?.value)
      const choice = said === undefined ? undefined : choose(String(said))
      if (choice !== undefined) return choice
    }
    return undefined
  }
  // Each way out of a decision asks once.
  let last: { text: string; choice: C | undefined } | undefined
  return (value) => {
    const text = decisionText(value)
    if (text === undefined) return undefined
    if (last?.text !== text) last = { text, choice: inText(text) }
    return last.choice
  }
}

function decisionText(value: unknown): string | undefined {
  const { decision, type } = Object(value) as { decision?: unknown; type?: unknown }
  const said = typeof value === 'object' ? (decision ?? type) : value
  return ['string', 'number', 'boolean'].includes(typeof said) ? String(said) : undefined
}
