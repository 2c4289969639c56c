import { failure, type PipelineError, toErrorData, toError } from '../../errors.ts'
import { assertSync } from '../../border/shape.ts'
import type { Frame } from '../../types.ts'
import type { Gate } from '../chain.ts'

/** The argument of predicates and mappers between two steps. */
export type View = {
  readonly input: unknown
  readonly value: unknown
  readonly outputs: Readonly<Record<string, unknown>>
}
export type ViewFunction = (view: View) => unknown

/** Before the first output, the value is the input. */
export const viewOf = ({ input, value, outputs }: Frame): View => ({
  input,
  value: outputs ? value : input,
  outputs: outputs ?? {},
})

/** A transient state before a step that decides whether the step runs. */
export const whenGate = (key: string, step: string, predicate: ViewFunction): Gate =>
  gate(key, `isNeeded:${step}`, {
    step,
    ask: (view) => (holds(predicate, `the predicate of ${step}`, view) ? view : undefined),
  })

/** A transient state that decides whether the flow ends here, and with which output. */
export const endGate = (key: string, predicate: ViewFunction, result: ViewFunction | undefined): Gate =>
  gate(key, `isOver:${key}`, {
    ask: (view) => {
      if (!holds(predicate, `the predicate of ${key}`, view)) return undefined
      return result ? { value: assertSync(result(view), `result of ${key}`, INSTEAD) } : view
    },
  })

type GateOptions = {
  /** The step that fails when the user's code throws; without one it is the flow. */
  step?: string
  /** Undefined for no, else the value from here on. */
  ask(view: View): { readonly value: unknown } | undefined
}

/** User code runs in the entry action, where a throw fails the function and not the actor. */
const gate = (key: string, guard: string, { step, ask }: GateOptions): Gate => ({
  key,
  step,
  state: (scope, { fail, broken }, { yes, no, isLast }) => {
    const failingPath = step === undefined ? undefined : `${scope.path}.${step}`
    const failpoint = failingPath === undefined ? {} : { failingPath, state: 'validatingInput' }
    const ran = scope.action(
      key,
      ({ choice: _, ...frame }) => {
        const view = viewOf(frame)
        // If the flow may end here, the frame needs the value; elsewhere it is not stored twice.
        const rest = isLast ? { ...frame, value: view.value } : frame
        try {
          const answer = ask(view)
          if (!answer) return rest
          return { ...rest, choice: key, ...(step === undefined && { value: answer.value }) }
        } catch (thrown) {
          const place =
            failingPath === undefined
              ? { path: scope.path, state: 'running', attempts: frame.attempt }
              : { path: failingPath, state: 'validatingInput' }
          return { ...rest, error: toErrorData(failure(thrown, { code: 'run', ...place })) }
        }
      },
      { failpoint },
    )
    const errorOf = ({ error }: Frame): PipelineError | undefined => error && toError(error)
    return {
      entry: ran,
      always: [
        ...fail(`fail:${key}`, errorOf, { when: broken('inside').guard as string, from: 'inside' }),
        { guard: scope.guard(guard, ({ choice }) => choice === key), target: yes },
        { target: no },
      ],
    }
  },
})

const holds = (predicate: ViewFunction, what: string, view: View): boolean =>
  Boolean(assertSync(predicate(view), what, INSTEAD))

const INSTEAD = 'do asynchronous work in a step before it'
