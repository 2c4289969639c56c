import { ANSWER_AGAIN, answerAsText, describeMismatch, withWrapperPath, withFeedback } from '../../models/feedback.ts'
import type { Wrapper } from '../../models/parsing/wrapped-answer.ts'
import type { ChatMessage, RefusedAnswer } from '../../types.ts'

/** `withFeedback` for `n` answers at a time: the feedback then names and quotes each rejected answer. */
export const feedbackForChoices =
  (n: number): typeof withFeedback =>
  (messages, refused, wrapper) =>
    n === 1
      ? withFeedback(messages, refused, wrapper)
      : [...messages, ...refused.map((one) => choicesFeedback(one, wrapper))]

function choicesFeedback({ said: values, issues }: RefusedAnswer, wrapper: Wrapper | undefined): ChatMessage {
  const answers = Array.isArray(values) ? (values as unknown[]) : []
  const own = answers.flatMap((answer, index) => {
    const wrong = issues.flatMap(({ message, path: [at, ...path] }) => (at === index ? [{ message, path }] : []))
    const place = `Answer ${index + 1} of ${answers.length}`
    return wrong.length > 0
      ? [`${place} ${describeMismatch(withWrapperPath(wrong, answer, wrapper))} It was:\n${answerAsText(answer)}`]
      : []
  })
  const content = [...(own.length > 0 ? own : [`Your answer ${describeMismatch(issues)}`]), ANSWER_AGAIN].join('\n\n')
  return { role: 'user', content }
}
