import { rejectedAnswersOf } from './feedback.ts'
import type { Update } from './scope.ts'

/** The frame of the next attempt. */
export const nextAttempt =
  (feedback = false): Update =>
  (frame) => {
    const { path, attempt, input, given, unsaved, round, memory, gate } = frame
    const refused = feedback ? rejectedAnswersOf(frame) : []
    return {
      path,
      attempt: attempt + 1,
      input,
      ...(given !== undefined && { given }),
      ...(unsaved && { unsaved }),
      ...(refused.length > 0 && { refused }),
      ...(round !== undefined && { round }),
      ...(memory && { memory }),
      ...(gate && { gate }),
    }
  }
