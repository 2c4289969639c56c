import { lifecycle } from '../compile/lifecycle.ts'
import { define } from '../define.ts'
import { checkFactory } from '../border/options.ts'
import { jsonSchemaOf } from '../models/schema/json-schema.ts'
import type { CancelEvent, Fn, Policy, SchemaInput, SchemaOutput, StandardSchema } from '../types.ts'

type Schemas = Readonly<Record<string, StandardSchema>>
type Plain<T> = { [K in keyof T]: T[K] }
/** The events as they are sent: with the path of the state that is meant, where several wait. */
type Sent<E> = { [T in keyof E & string]: Plain<{ type: T; path?: string } & SchemaInput<E[T]>> }[keyof E & string]
/** The events as they come out. */
type Received<E> = { [T in keyof E & string]: Plain<{ type: T } & SchemaOutput<E[T]>> }[keyof E & string]

/**
 * Waits for an event from outside: a person, a webhook, another actor. Its output is the event with its checked
 * payload. What does not fit is refused with an emitted `refused` event that says why, and the state stays;
 * `snapshot.can(event)` tells beforehand. `timeout` (ms) is a deadline that a restore does not put off.
 *
 * @example
 * const approval = receive({ name: 'approval', events: { APPROVE: z.object({ by: z.string() }), REJECT: z.object({}) } })
 * const actor = pipeline.start(input)
 * actor.send({ type: 'APPROVE', by: 'Ada' })
 */
export function receive<const N extends string, E extends Schemas, I = unknown>(
  config: Policy & { name: N; events: E; input?: StandardSchema<I> },
): Fn<NoInfer<I>, Received<E>, N, CancelEvent | Sent<E>> {
  checkFactory('receive', config, ['events', 'input'])
  const { name, events, input, ...policy } = config as unknown as Policy & {
    name: string
    events: Schemas
    input?: StandardSchema
  }
  checkEvents(`receive ${String(name)}`, events)
  const meta = {
    ...policy.meta,
    events: Object.fromEntries(Object.entries(events).map(([type, s]) => [type, jsonSchemaOf(s) ?? {}])),
  }
  return define({
    kind: 'receive',
    name,
    policy: { ...policy, meta, tags: ['waiting', ...(policy.tags ?? [])] },
    input,
    facts: { events },
    compile: (scope) => lifecycle(scope, { leaf: true, waits: true, running: (life) => life.awaits(events) }),
  }) as never
}

function checkEvents(owner: string, events: Schemas | undefined): void {
  const types = Object.entries(events ?? {})
  if (types.length === 0)
    throw new TypeError(`${owner} waits for nothing. Give it events: { APPROVE: z.object({ … }) }.`)
  for (const [type, schema] of types) {
    if (type === '' || type.includes('*') || /^(xstate|tinyllm)\./.test(type)) {
      throw new TypeError(
        `${owner} cannot wait for ${JSON.stringify(type)}. Use a name such as APPROVE, without *, xstate. or tinyllm.`,
      )
    }
    if (typeof (schema as Partial<StandardSchema> | null)?.['~standard']?.validate !== 'function') {
      throw new TypeError(
        `${owner}: events.${type} is no schema. Give one for its payload; z.object({}) if it has none.`,
      )
    }
  }
}
