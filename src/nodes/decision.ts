import { PipelineError } from '../errors.ts'
import { lifecycle } from '../compile/lifecycle.ts'
import type { NodeChild } from '../compile/scope.ts'
import { attempt, toSafeString } from '../border/shape.ts'
import { define } from '../define.ts'
import { choiceKey } from '../models/parsing/match-choice.ts'
import { decisionMatcher } from '../models/parsing/decision.ts'
import { excerpt } from '../models/parsing/extract-json.ts'
import { stringify } from '../models/stringify.ts'
import { checkFactory } from '../border/options.ts'
import type {
  CancelEvent,
  Certainly,
  Child,
  DescribedBy,
  EventsOf,
  Fn,
  InputOf,
  IsA,
  OutputOf,
  Policy,
} from '../types.ts'
import { asFn, type Flat, type InputsOf, type OutputGiven } from './function.ts'
import type { Answers, Infer, Needs, Proper, Slot } from './slot.ts'
import type { Agreed, Fits } from './compatible-inputs.ts'
import { formatValue } from '../border/format-value.ts'

type Choice = string | number | boolean
type Branches = Readonly<Record<string | number, Slot>>
/** Without branches `B` is its bound, which keeps the literal types of messages; `never` would lose them. */
type IfNone<B, Yes, No> = [Branches] extends [B] ? Yes : No
/** The key of the branch of a choice: 'true' for `true`. */
type KeyOf<K> = K extends boolean ? `${K}` : K

/** The decided value: the output itself, or its property `decision` or `type`. */
type DecidedValue<O> = O extends Choice
  ? O
  : O extends { readonly decision: infer D }
    ? D
    : O extends { readonly type: infer T }
      ? T
      : O
/**
 * The literal types that are not choices. `string` and `number` are matched at run time; literals are compared without
 * case, and a boolean is the two literals 'true' and 'false'.
 */
type Misfit<S, K extends Choice> = unknown extends S
  ? never
  : S extends Choice
    ? string extends S
      ? never
      : number extends S
        ? never
        : Lowercase<`${S}`> extends Lowercase<`${K}`>
          ? never
          : S
    : S
/** What the compiler shows at a `decide` that does not return a choice. */
export interface DecideMismatch<Message extends string, Details> {
  readonly '~error': [Message, Details]
}
type Decider<D, K extends Choice, A extends Answers> = Certainly<
  IsA<Misfit<DecidedValue<OutputOf<D>>, K>, never, A['yes'], A['no']>,
  A['no'],
  DecideMismatch<'decide must return one of the choices', { returned: OutputOf<D>; choices: K }>,
  D
>
type Choices<K, B> = ([K] extends [never] ? IfNone<B, Choice, keyof B> : K) & Choice
type Covered<B, K extends Choice> = [K] extends [never]
  ? unknown
  : { readonly [P in Exclude<keyof B, KeyOf<K>>]: `'${P & string}' is not one of the choices` } & {
      readonly [P in Exclude<KeyOf<K>, keyof B>]: Child
    }
/** A branch whose input is incompatible with that of `decide` or of another branch is an error at its position. */
type Branched<B, D, A extends Answers> = {
  readonly [K in keyof B]: Proper<
    B[K],
    Agreed<B, K, Fits<B[K], Needs<D>, `'${K & string}' cannot have the input of decide`, A>, A>,
    A
  >
}
type DecisionConfig<N, D, R, B, O, K extends Choice, Unset, A extends Answers = Answers> = Policy & {
  name: N
  decide: Proper<D, Decider<D, Choices<NoInfer<K>, NoInfer<B>>, A>, A> & Infer<D, R, Unset>
  branches?: (Covered<NoInfer<B>, NoInfer<K>> & Branched<B, NoInfer<D>, A> & Infer<B, O, Unset>) | undefined
  choices?: readonly K[] | undefined
} & Certainly<[K] extends [never] ? A['yes'] : A['no'], A['yes'], IfNone<B, NeedsChoices, unknown>, unknown>
/** What the compiler shows where there are neither branches nor choices. */
export type NeedsChoices = { branches: Branches } | { choices: readonly Choice[] }
type DecisionInput<D, B> = Flat<IfNone<B, InputOf<D>, InputOf<D> & InputsOf<B>>>

/**
 * Calls `decide`, and runs the branch of the returned choice with the input of the decision. `decide` returns a choice (a
 * string, a number or a boolean), `{ decision }` or `{ type }`, also as JSON in a text; case, white space, and the
 * punctuation and Markdown around it are ignored. Fails with `invalid_choice` if the result is not one of the choices.
 * `choices` are the keys of `branches` by default; without branches the output is `{ decision }`. Throws a `TypeError` on
 * choices that match the same text, or that do not correspond to the branches.
 *
 * @example
 * const credit = decision({ name: 'credit', decide: classify, branches: { good: pass(), bad: reject } })
 */
export function decision<
  const N extends string,
  D extends Slot,
  R,
  B extends Branches = Branches,
  const K extends Choice = never,
  W extends string = never,
  O = unknown,
  Unset = never,
>(
  config: DecisionConfig<N, D, R, B, O, K, Unset> & { description?: W | undefined },
): Fn<
  DecisionInput<D, B>,
  IfNone<B, { decision: K }, { [P in keyof B]: OutputGiven<B[P], DecisionInput<D, B>> }[keyof B]>,
  N,
  CancelEvent | EventsOf<D> | IfNone<B, never, EventsOf<B[keyof B]>>
> &
  DescribedBy<W, D> {
  checkFactory('decision', config, ['decide', 'branches', 'choices'])
  const {
    name,
    decide,
    branches,
    choices = Object.keys(branches ?? {}),
    ...policy
  } = config as unknown as UntypedConfig
  const owner = `decision ${String(name)}`
  if (branches !== undefined && (typeof branches !== 'object' || branches === null))
    throw new TypeError(
      `${owner}: branches is not an object but ${formatValue(branches)}. Give branches: { good: …, bad: … }.`,
    )
  if (!Array.isArray(choices))
    throw new TypeError(`${owner}: choices is not an array but ${formatValue(choices)}. Give choices: ['good', 'bad'].`)
  if (decide === undefined)
    throw new TypeError(`${owner} has no decide. Give it decide: a tinyllm function, or a plain function.`)
  checkChoices(owner, choices)
  const decided = decisionMatcher(choices)
  const ways = branches && branchChildren(owner, choices, branches)
  const decider = { key: 'deciding', fn: asFn(decide, 'deciding', owner) }
  return define({
    kind: 'decision',
    name,
    policy,
    children: [decider, ...(ways ?? [])],
    dataFlow: { input: 'first', children: 'input', output: ways ? 'chosen' : 'choice' },
    layout: 'choice',
    facts: { decider: decider.key, choices },
    compile: (scope) =>
      lifecycle(scope, {
        running: ({ nextAt, fail, failBy, yieldTo }) => {
          const speaker = scope.child(decider, (frame) => frame.input)
          const parts = ways?.map((way) => scope.child(way, (frame) => frame.input)) ?? []
          const chosen = choices.map((choice, index) => ({
            guard: scope.guard(`chose:${choice}`, (_, { slots }) => decided(speaker.frame(slots)?.value) === choice),
            target: parts[index]?.key ?? nextAt,
            actions: scope.action(
              `choose:${choice}`,
              (frame) => (ways ? frame : { ...frame, value: { decision: choice } }),
              { drop: true },
            ),
          }))
          const refuse = fail(
            'refuse',
            (frame, { slots }) => invalidChoice(scope.path, frame.attempt, speaker.frame(slots)?.value, choices),
            { drop: true, from: 'inside' },
          )
          return {
            initial: 'deciding',
            states: {
              deciding: { ...speaker.state, onDone: [...failBy(speaker), ...chosen, ...refuse] },
              ...Object.fromEntries(parts.map((part) => [part.key, yieldTo(part)])),
            },
          }
        },
      }),
  }) as never
}

type UntypedConfig = Policy & {
  name: string
  decide: unknown
  branches?: Readonly<Record<string, unknown>>
  choices?: readonly Choice[]
}

/** Throws a `TypeError` for a value that is not a choice, and for two choices that match the same text. */
function checkChoices(owner: string, choices: readonly Choice[]): void {
  if (choices.length === 0)
    throw new TypeError(`${owner} has no choices. Give it branches: { good: …, bad: … }, or choices.`)
  const known = new Map<string, Choice>()
  for (const choice of choices) {
    if (!['string', 'number', 'boolean'].includes(typeof choice))
      throw new TypeError(`${owner}: ${quote(choice)} cannot be a choice. Choices are strings, numbers and booleans.`)
    const key = choiceKey(choice)
    const other = known.get(key)
    if (other !== undefined) {
      throw new TypeError(`${owner}: the choices ${quote(other)} and ${quote(choice)} match the same text. Rename one.`)
    }
    known.set(key, choice)
  }
}

function branchChildren(
  owner: string,
  choices: readonly Choice[],
  branches: Readonly<Record<string, unknown>>,
): NodeChild[] {
  for (const key of Object.keys(branches)) {
    if (!choices.some((choice) => String(choice) === key)) {
      throw new TypeError(
        `${owner}: the branch ${quote(key)} is not one of the choices. Add it to choices, or remove it.`,
      )
    }
  }
  return choices.map((choice) => {
    if (!Object.hasOwn(branches, String(choice))) {
      throw new TypeError(`${owner}: the choice ${quote(choice)} has no branch. Add one; pass() does nothing.`)
    }
    return { key: String(choice), fn: asFn(branches[String(choice)], 'branch', owner), text: true }
  })
}

function invalidChoice(path: string, attempts: number, said: unknown, choices: readonly Choice[]): PipelineError {
  const message = `${path} was given ${quote(said)}, which is not one of its choices: ${choices.join(', ')}. Return one of them, or add it.`
  return new PipelineError({ code: 'invalid_choice', path, state: 'running', attempts, message })
}

/** A value for a message, as in code: strings quoted, objects with their contents; long ones are truncated. */
function quote(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(excerpt(value))
  if (typeof value !== 'object' || value === null) return excerpt(toSafeString(value))
  return excerpt(attempt(() => stringify(value)) ?? 'a value that is not a string')
}
