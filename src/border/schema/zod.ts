import { ignoreRejection, isError, isThenable } from '../shape.ts'
import type { StandardSchema } from '../../types.ts'

type Issue = { readonly message?: string; readonly path?: unknown; readonly inst?: Zod; readonly schema?: Zod }
type Payload = { readonly value: unknown; readonly issues: readonly Issue[] }
type ErrorMap = (issue: Issue) => string | { message?: string } | null | undefined
type Def = {
  readonly type?: string
  readonly check?: string
  readonly error?: ErrorMap
  readonly [key: string]: unknown
}
type Zod = {
  readonly _zod: {
    readonly def: Def
    readonly traits?: ReadonlySet<string>
    run(payload: Payload, ctx: object): Payload | PromiseLike<Payload>
  }
}
type Parser = {
  safeParse(value: unknown): { success: true; data: unknown } | { success: false; error: { issues: unknown } }
}
type Config = { readonly customError?: ErrorMap; readonly localeError?: ErrorMap }

/**
 * Validates with a zod schema. Its `~standard.validate` catches what a transform throws and validates again,
 * asynchronously: the error is lost, the transform runs twice, and the promise rejects without a handler. Returns a
 * Standard Schema result, or a promise where the schema is asynchronous; throws what the user's code threw.
 */
export function validateZod(schema: StandardSchema, value: unknown): unknown {
  const { _zod: core, safeParse } = schema as Partial<Zod & Parser>
  // The error maps are in zod's configuration, which is on globalThis from 4.2 on.
  const config = (globalThis as { __zod_globalConfig?: Config }).__zod_globalConfig
  if (typeof core?.run === 'function' && config) {
    if (isWithoutUserCode(schema as unknown as Zod)) {
      const result = schema['~standard'].validate(value)
      if (!isThenable(result)) return result
      // No part of the schema is asynchronous: a getter of the value threw, and throws again here.
      ignoreRejection(result)
    }
    // The context sets no `async`: zod returns a promise only where a check returns one.
    const payload = core.run({ value, issues: [] }, {})
    if (isThenable(payload)) return payload
    if (payload.issues.length === 0) return { value: payload.value }
    return { issues: payload.issues.map((issue) => ({ message: messageOf(issue, config), path: issue.path })) }
  }
  if (typeof safeParse !== 'function') return schema['~standard'].validate(value)
  const result = (schema as unknown as Parser).safeParse(value)
  return result.success ? { value: result.data } : { issues: result.error.issues }
}

/** Whether zod threw because a check is asynchronous; the first message is of zod 4, the others of zod 3. */
export const isZodAsyncError = (thrown: unknown): boolean =>
  isError(thrown) &&
  /^(Encountered Promise during synchronous parse|Synchronous parse encountered promise|(Async refinement|Asynchronous transform) encountered)/.test(
    thrown.message,
  )

/** The message of an issue, from the most specific error map to the most general, in zod's own order. */
function messageOf(issue: Issue, { customError, localeError }: Config): string {
  const { message, inst } = issue
  if (message) return message
  const traits = inst?._zod.traits
  const owner = traits?.has('$ZodType') && !traits.has('$ZodCheck') ? inst : (issue.schema ?? inst)
  const own = [inst?._zod.def.error, owner === inst ? undefined : owner?._zod.def.error]
  for (const errorMap of [...own, customError, localeError]) {
    const mapped = errorMap?.(issue)
    const text = typeof mapped === 'string' ? mapped : mapped?.message
    if (typeof text === 'string') return text
  }
  return 'Invalid input'
}

const PLAIN_TYPES = new Set(
  'string number int boolean bigint symbol undefined null void any unknown never date nan file object array tuple record map set union intersection enum literal optional nullable nonoptional readonly template_literal'.split(
    ' ',
  ),
)
const PLAIN_CHECKS = new Set(
  'less_than greater_than multiple_of number_format bigint_format max_size min_size size_equals max_length min_length length_equals string_format mime_type property'.split(
    ' ',
  ),
)
const hasNoUserCode = new WeakMap<Zod, boolean>()

/** Whether a schema runs no code of the user (refine, transform): then zod's compiled fast path is safe. */
function isWithoutUserCode(schema: Zod): boolean {
  const known = hasNoUserCode.get(schema)
  if (known !== undefined) return known
  const found = isPartWithoutUserCode(schema, new Set())
  hasNoUserCode.set(schema, found)
  return found
}

function isPartWithoutUserCode(part: unknown, seen: Set<unknown>): boolean {
  if (typeof part === 'function') return false
  if (typeof part !== 'object' || part === null || part instanceof RegExp || seen.has(part)) return true
  seen.add(part)
  if (!('_zod' in part)) return Object.values(part).every((each) => isPartWithoutUserCode(each, seen))
  const { def } = (part as Zod)._zod
  const { type, check } = def
  if (type === undefined ? check === undefined : !PLAIN_TYPES.has(type)) return false
  if (check !== undefined && !PLAIN_CHECKS.has(check)) return false
  // `when` is zod's own code here: it decides whether a check applies.
  return Object.entries(def).every(([key, each]) => key === 'when' || isPartWithoutUserCode(each, seen))
}
