import { waitForEvents, lifecycle } from '../compile/lifecycle.ts'
import { define } from '../define.ts'
import { checkFactory } from '../border/options.ts'
import { jsonSchemaOf } from '../models/schema/json-schema.ts'
import { schemaTypes } from '../models/parsing/json-type.ts'
import type {
  CancelEvent,
  Described,
  Fn,
  JsonSchema,
  Policy,
  SchemaInput,
  SchemaOutput,
  StandardSchema,
} from '../types.ts'
import { formatValue } from '../border/format-value.ts'

type Schemas = Readonly<Record<string, StandardSchema>>
/**
 * The payload of an event for the input or output type of a schema: empty for `undefined` or zod's `Record<string, never>`
 * of an empty object; any keys for `unknown`; `never` for a type that is not an object.
 */
type Payload<T> = unknown extends T
  ? { [key: string]: unknown }
  : T extends undefined | void
    ? {}
    : T extends readonly unknown[] | ((...args: never) => unknown)
      ? never
      : T extends object
        ? string extends keyof T
          ? [T[keyof T]] extends [never]
            ? { [K in keyof T as string extends K ? never : K]: T[K] }
            : T
          : T
        : never
/** Distributes over a union, so that the keys of each member stay together. */
type With<Head, P, Others = never> = P extends unknown
  ? { [K in keyof (Head & P)]: (Head & P)[K] | (string extends K ? Others : never) }
  : never
/**
 * The events as they are sent: with an optional path of the waiting state. In a payload with an index signature the values
 * may also have the types of the named keys: an object type cannot exclude named keys from its index signature.
 */
type Sent<E> = { [T in keyof E & string]: SentAs<{ type: T; path?: string | undefined }, SchemaInput<E[T]>> }[keyof E &
  string]
type SentAs<Head, P> = With<Head, Payload<P>, NamedValues<Head> | NamedValues<P>>
/** The types of the values with named keys, and these keys. */
type NamedValues<P> = P extends unknown ? P[keyof P & NamedKeys<P>] : never
type NamedKeys<P> = P extends unknown ? keyof { [K in keyof P as string extends K ? never : K]: 0 } : never
/** The events as the output has them. */
type Received<E> = { [T in keyof E & string]: With<{ type: T }, Payload<SchemaOutput<E[T]>>> }[keyof E & string]

/** What the compiler shows at the schema of an event whose payload is not an object. */
export interface PayloadMismatch<Message extends string, Payload> {
  readonly '~error': [Message, { payload: Payload }]
}
type CheckedPayload<S> = [Payload<SchemaInput<S>>] extends [never]
  ? PayloadMismatch<'the payload of an event is an object; use z.object({}) if it has none', SchemaInput<S>>
  : [Payload<SchemaOutput<S>>] extends [never]
    ? PayloadMismatch<'the schema must return an object for the payload', SchemaOutput<S>>
    : [NamedKeys<Payload<SchemaInput<S>>> & ReservedKey] extends [never]
      ? unknown
      : PayloadMismatch<'type and path are of the event itself: name the field otherwise', SchemaInput<S>>
/** The keys of an event that are not payload. */
type ReservedKey = 'type' | 'path'

/**
 * Waits for an event from outside: of a person, a webhook, another actor. Its output is the event with its validated
 * payload; `z.object({})` is the schema of an event without payload. An event that does not fit is rejected: a `refused`
 * event with the reason is emitted, and the state does not change; `snapshot.can(event)` checks it beforehand. `timeout`
 * (ms) is a deadline that a restore does not extend. Throws a `TypeError` without events, or for a schema that is not one
 * of an object.
 *
 * @example
 * const approval = receive({ name: 'approval', events: { APPROVE: z.object({ by: z.string() }), REJECT: z.object({}) } })
 * const actor = pipeline.start(input)
 * actor.send({ type: 'APPROVE', by: 'Ada' }) // or { type: 'REJECT' }
 */
export function receive<const N extends string, E extends Schemas, I = unknown, D extends string = never>(
  config: Policy & {
    name: N
    description?: D | undefined
    events: E & { readonly [T in keyof E]: CheckedPayload<E[T]> }
    input?: StandardSchema<I> | undefined
  },
): Fn<NoInfer<I>, Received<E>, N, CancelEvent | Sent<E>> & Described<D, unknown extends I ? never : I, NoInfer<I>> {
  checkFactory('receive', config, ['events', 'input'])
  const { name, events, input, ...policy } = config as unknown as Policy & {
    name: string
    events: Schemas
    input?: StandardSchema
  }
  const owner = `receive ${String(name)}`
  checkEvents(owner, events)
  const schemas = Object.entries(events).map(([type, schema]) => [type, jsonSchemaOf(schema) ?? {}] as const)
  for (const [type, schema] of schemas) checkPayload(`${owner}: events.${type}`, schema)
  const meta = { ...policy.meta, events: Object.fromEntries(schemas) }
  return define({
    kind: 'receive',
    name,
    policy: { ...policy, meta, tags: ['waiting', ...(policy.tags ?? [])] },
    input,
    facts: { events },
    compile: (scope) =>
      lifecycle(scope, {
        leaf: true,
        waits: true,
        running: ({ next }) => waitForEvents(scope, leadingTo(next, events)),
      }),
  }) as never
}

const leadingTo = (target: string, events: Schemas) =>
  Object.fromEntries(Object.entries(events).map(([type, schema]) => [type, { schema, target }]))

function checkEvents(owner: string, events: Schemas | undefined): void {
  const types = Object.entries(events ?? {})
  if (types.length === 0) throw new TypeError(`${owner} has no events. Give it events: { APPROVE: z.object({ … }) }.`)
  for (const [type, schema] of types) {
    if (type === '' || type.includes('*') || /^(xstate|tinyllm)\./.test(type)) {
      throw new TypeError(
        `${owner} cannot wait for ${JSON.stringify(type)}. Use a name such as APPROVE, without *, xstate. or tinyllm.`,
      )
    }
    if (typeof (schema as Partial<StandardSchema> | null)?.['~standard']?.validate !== 'function') {
      throw new TypeError(
        `${owner}: events.${type} is not a schema but ${formatValue(schema)}. Give one for its payload; z.object({}) if it has none.`,
      )
    }
  }
}

/** Throws a `TypeError` if the payload is not an object, or has a key that every event has: the payload is merged into the event. */
function checkPayload(what: string, schema: JsonSchema): void {
  const kinds = schemaTypes(schema)
  if (kinds && !kinds.includes('object')) {
    throw new TypeError(
      `${what} takes ${kinds.join(' or ')}, and the payload of an event is an object. Use z.object({ … }), and z.object({}) if it has none.`,
    )
  }
  const own = fieldsIn(schema).find((field) => Object.hasOwn(RESERVED_KEYS, field))
  if (own === undefined) return
  throw new TypeError(
    `${what} has a field ${own}, and ${own} of an event is ${RESERVED_KEYS[own]}. Give the field another name.`,
  )
}

const RESERVED_KEYS: Readonly<Record<string, string>> = {
  type: 'which of the events it is',
  path: 'the path of the state that it is for',
}

function fieldsIn({ properties, anyOf, oneOf, allOf }: JsonSchema): string[] {
  const members = [anyOf, oneOf, allOf].flatMap((each) => (Array.isArray(each) ? (each as JsonSchema[]) : []))
  return [...Object.keys(Object(properties) as object), ...members.flatMap(fieldsIn)]
}
