import { choiceMatcher, type ChoiceValue } from './match-choice.ts'
import { withoutReasoning, parseWholeText, delimitedAnswer } from './extract-json.ts'

/**
 * Returns a function that finds the choice in a decision: the value itself, or its `decision` or `type`, also as JSON
 * text.
 */
export function decisionMatcher<C extends ChoiceValue>(choices: readonly C[]): (value: unknown) => C | undefined {
  const choose = choiceMatcher(choices)
  const inText = (text: string): C | undefined => {
    const direct = choose(text)
    if (direct !== undefined) return direct
    const answer = withoutReasoning(text)
    const apart = delimitedAnswer(answer, (words) => choose(words) !== undefined)
    for (const part of apart === undefined ? [answer] : [answer, apart]) {
      const found = choose(part) ?? decisionText(parseWholeText(part)?.value)
      const choice = found === undefined ? undefined : choose(String(found))
      if (choice !== undefined) return choice
    }
    return undefined
  }
  // Each branch of a decision asks once, with the same text.
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
  const decided = typeof value === 'object' ? (decision ?? type) : value
  return ['string', 'number', 'boolean'].includes(typeof decided) ? String(decided) : undefined
}
