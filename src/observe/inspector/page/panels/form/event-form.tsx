import { useState } from 'preact/hooks'
import type { ChartEvent } from '../../../journal/line.ts'
import type { Wait } from '../../../journal/waits.ts'
import type { App } from '../../state/app.ts'
import { below, type Draft, draftOf, type Problems, readDraft, record } from './draft.ts'
import { FieldView } from './field.tsx'
import { formFieldOf, mergedSchema } from '../../../../../border/schema/form-fields.ts'
import type { JsonSchema } from '../../../../../types.ts'
import { wordsOf } from './words.ts'

type Props = { app: App; wait: Wait; event: ChartEvent; isPrimary: boolean }
const NONE: Problems = new Map()
/** What was filled in stays while one looks elsewhere. */
const drafts = new Map<string, Draft>()

/** One event that may be sent: a field for each part of its data, a button, and what became of it. */
export function EventForm({ app, wait, event: { type, schema: given = {} }, isPrimary }: Props) {
  const key = `${app.run}:${wait.key}:${type}`
  const schema = asForm(given, wait)
  const initial = initialOf(schema, wait)
  const [draft, setDraft] = useState<Draft>(drafts.get(key) ?? initial)
  const [problems, setProblems] = useState<Problems>(NONE)
  const sending = app.answers.of(key)
  const id = `form-${key}`
  const set = (value: Draft) => {
    drafts.set(key, value)
    setDraft(value)
    if (problems.size > 0) setProblems(check(schema, value, initial).problems)
  }
  const submit = (form: HTMLFormElement) => {
    const { data, problems: found } = check(schema, draft, initial)
    for (const input of form.elements as unknown as HTMLInputElement[])
      if (input.validity?.badInput) found.set(input.name, 'This is not a number.')
    setProblems(found)
    if (found.size > 0)
      return requestAnimationFrame(() =>
        form.querySelector<HTMLElement>('[aria-invalid] :is(input, select), [aria-invalid]')?.focus(),
      )
    const { call, path, to } = wait
    const event = { ...data, ...(call && { id: call.id }), type, ...(path !== undefined && { path }) }
    return void app.answers.send(key, to, event)
  }
  return (
    <form
      class="send"
      noValidate
      aria-label={wordsOf(type)}
      data-event={type}
      onSubmit={(event) => {
        event.preventDefault()
        submit(event.currentTarget)
      }}
    >
      <FieldView
        form={{ id, root: schema, problems }}
        at=""
        label="data"
        schema={schema}
        required={isKnown(schema)}
        draft={draft}
        set={set}
      />
      <button type="submit" class={isPrimary ? 'primary' : 'secondary'} disabled={sending?.state === 'sending'}>
        {wordsOf(type)}
      </button>
      <p role="status" class="sending">
        {sending?.state === 'sending' && 'sending…'}
        {sending?.state === 'taken' && `✓ accepted at ${sending.at}`}
      </p>
      {sending?.state === 'refused' && (
        <p class="refused" role="alert">
          ✕ {sending.code && <code>{sending.code}</code>} {sending.reason}
        </p>
      )}
    </form>
  )
}

/** The data without what the page fills in itself: where it goes, and which call it is about. */
function asForm(given: JsonSchema, { call }: Wait): JsonSchema {
  const schema = mergedSchema(given, given)
  const hidden = new Set(['type', 'path', ...(call ? ['id', 'ids'] : [])])
  const { properties } = schema
  if (typeof properties !== 'object' || properties === null) return schema
  const shown = Object.entries(properties).filter(([name]) => !hidden.has(name))
  return { $defs: given.$defs, ...schema, properties: Object.fromEntries(shown) }
}

/** An approval begins with the arguments of the model. */
function initialOf(schema: JsonSchema, { call, input }: Wait): Draft {
  const given = Object(schema.properties).arguments as JsonSchema | undefined
  const isKnown = call && given && Object.keys(mergedSchema(given, schema)).some((name) => name !== 'description')
  return isKnown ? { arguments: draftOf(given, input, schema) } : undefined
}

/** What is to be sent. Arguments as the model wrote them are left out: nobody has changed them. */
function check(schema: JsonSchema, draft: Draft, initial: Draft): { data: object; problems: Problems } {
  const problems: Problems = new Map()
  const { arguments: before } = record(initial)
  const isSame = before !== undefined && JSON.stringify(record(draft).arguments) === JSON.stringify(before)
  const asked = isSame ? { ...record(draft), arguments: undefined } : draft
  const data = readDraft(schema, asked, { at: '', required: isKnown(schema), root: schema, problems })
  const isData = data === undefined || (typeof data === 'object' && data !== null && !Array.isArray(data))
  if (!isData) problems.set('', 'Write the data as a JSON object: { "name": "value" }.')
  for (const at of hiddenIn(asked)) problems.set(at, HIDDEN)
  return { data: isData ? ((data ?? {}) as object) : {}, problems }
}

/** Whether it is known what the data of an event has; if not, there need not be any. */
const isKnown = (schema: JsonSchema): boolean => formFieldOf(schema, schema).kind !== 'json'

/** Nobody may send what stands in the place of a secret. */
const HIDDEN = 'This value is hidden from the page. Write it, or approve the arguments as the model wrote them.'
function hiddenIn(draft: Draft, at = ''): string[] {
  if (typeof draft === 'string') return draft.includes('[redacted]') ? [at] : []
  return Object.entries(draft ?? {}).flatMap(([name, part]) => hiddenIn(part as Draft, below(at, name)))
}
