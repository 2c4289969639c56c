import type { ErrorCode } from '../types.ts'

/** A place inside a transition where the code of a user runs (a mapper, a predicate, a schema): a test injects faults there. */
export type Failpoint = {
  /** Of the action, `PATH#verb`. */
  readonly name: string
  readonly path: string
  readonly slot: number
  readonly code: ErrorCode
  /** The lifecycle state in which the function then fails. */
  readonly state: string
  /** The path of the function that fails, where that is another one. */
  readonly failingPath?: string
  /** The code is a mapper, which runs before the input is validated. */
  readonly isMapper?: boolean
  /** The slot of the loop whose `next` runs here: not before its second round. */
  readonly loop?: number
}
/** What an action says of itself, where it is one. */
export type FailpointOptions = Pick<Failpoint, 'failingPath' | 'isMapper' | 'loop'> & { readonly state?: string }

/** A mapper fails the child whose input it makes; `loop` is the slot of the loop around, where it runs between rounds. */
export const mapperFailpoint = (loop: number | undefined): FailpointOptions => ({
  isMapper: true,
  state: 'validatingInput',
  ...(loop !== undefined && { loop }),
})

const failpoints = new WeakMap<object, Failpoint>()

export function markFailpoint<A extends object>(action: A, failpoint: Failpoint): A {
  failpoints.set(action, failpoint)
  return action
}

/** Of an action that runs code of a user. */
export const failpointOf = (action: object): Failpoint | undefined => failpoints.get(action)
