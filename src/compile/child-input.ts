import { failure, toErrorData } from '../errors.ts'
import type { Frame } from '../types.ts'
import type { Node } from './node.ts'
import type { ParentFrame, Update } from './frame-update.ts'

/** The frame that a child starts with; a mapper that throws is the child's failure. */
export function childFrame({ frame, round, feed }: ParentFrame, path: string): Update {
  return (_, { slots, self }) => {
    const above = frame(slots)
    const number = round(above)
    return {
      path,
      attempt: 1,
      ...(number !== undefined && { round: number }),
      ...childInput(() => feed(above, slots, self), path),
    }
  }
}

function childInput(feed: () => unknown, path: string): Pick<Frame, 'input' | 'error'> {
  try {
    return { input: feed() }
  } catch (thrown) {
    return { input: undefined, error: toErrorData(failure(thrown, { code: 'run', path, state: 'validatingInput' })) }
  }
}

/** Which round, attempt and cycle of the function around a child is in; `cycle` where that has one. */
export const roundOf =
  (node: () => Node, cycle: ((above: Frame) => number) | undefined) =>
  (above: Frame): string | undefined => {
    const rounds = [above.round, node().policy.retry && above.attempt, cycle?.(above)]
    const known = rounds.filter((part) => part !== undefined)
    return known.length > 0 ? known.join('.') : undefined
  }
