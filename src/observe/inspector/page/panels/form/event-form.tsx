import { useState } from 'preact/hooks'
import type { ChartEvent } from '../../../journal/line.ts'
import type { PendingWait } from '../../../journal/pending-waits.ts'
import type { App } from '../../state/app.ts'
import { fieldPath, type Draft, draftOf, type Problems, readDraft, objectDraft } from './draft.ts'
import { FieldView } from './field.tsx'
import { formFieldOf, mergedSchema } from '../../../../../border/schema/form-fields.ts'
import type { JsonSchema } from '../../../../../types.ts'
import { eventLabel } from './event-labels.ts'

type Props = { app: App; wait: PendingWait; event: ChartEvent; isPrimary: boolean }
const NO_PROBLEMS: Problems = new Map()
/** Drafts are kept while another state is selected. */
const drafts = new Map<string, Draft>()

/** One event that may be sent: a field for each part of its data, a button, and what became of it. */
export function EventForm({ app, wait, event: { type, schema: given = {} }, isPrimary }: Props) {
  const key = `${app.run}:${wait.key}:${type}`
  const schema = formSchema(given, wait)
  const initial = initialOf(schema, wait)
  const [draft, setDraft] = useState<Draft>(drafts.get(key) ?? initial)
  const [problems, setProblems] = useState<Problems>(NO_PROBLEMS)
  const sending = app.answers.of(key)
  const id = `form-${key}`
  const set = (value: Draft) => {
    drafts.set(key, value)
    setDraft(value)
    if (problems.size > 0) setProblems(readForm(schema, value, initial).problems)
  }
  const submit = (form: HTMLFormElement) => {
    const { data, problems: found } = readForm(schema, draft, initial)
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
      aria-label={eventLabel(type)}
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
        required={isKnownSchema(schema)}
        draft={draft}
        set={set}
      />
      <button type="submit" class={isPrimary ? 'primary' : 'secondary'} disabled={sending?.state === 'sending'}>
        {eventLabel(type)}
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
function formSchema(given: JsonSchema, { call }: PendingWait): JsonSchema {
  const schema = mergedSchema(given, given)
  const hidden = new Set(['type', 'path', ...(call ? ['id', 'ids'] : [])])
  const { properties } = schema
  if (typeof properties !== 'object' || properties === null) return schema
  const shown = Object.entries(properties).filter(([name]) => !hidden.has(name))
  return { $defs: given.$defs, ...schema, properties: Object.fromEntries(shown) }
}

/** An approval begins with the arguments of the model. */
function initialOf(schema: JsonSchema, { call, input }: PendingWait): Draft {
  const given = Object(schema.properties).arguments as JsonSchema | undefined
  const isKnown = call && given && Object.keys(mergedSchema(given, schema)).some((name) => name !== 'description')
  return isKnown ? { arguments: draftOf(given, input, schema) } : undefined
}

/** What is to be sent. Arguments that were not changed are left out. */
function readForm(schema: JsonSchema, draft: Draft, initial: Draft): { data: object; problems: Problems } {
  const problems: Problems = new Map()
  const { arguments: before } = objectDraft(initial)
  const isSame = before !== undefined && JSON.stringify(objectDraft(draft).arguments) === JSON.stringify(before)
  const asked = isSame ? { ...objectDraft(draft), arguments: undefined } : draft
  const data = readDraft(schema, asked, { at: '', required: isKnownSchema(schema), root: schema, problems })
  const isData = data === undefined || (typeof data === 'object' && data !== null && !Array.isArray(data))
  if (!isData) problems.set('', 'Write the data as a JSON object: { "name": "value" }.')
  for (const at of redactedFields(asked)) problems.set(at, REDACTED_PROBLEM)
  return { data: isData ? ((data ?? {}) as object) : {}, problems }
}

/** Whether it is known what the data of an event has; if not, there need not be any. */
const isKnownSchema = (schema: JsonSchema): boolean => formFieldOf(schema, schema).kind !== 'json'

/** A redacted value must not be sent. */
const REDACTED_PROBLEM =
  'This value is hidden from the page. Write it, or approve the arguments as the model wrote them.'
function redactedFields(draft: Draft, at = ''): string[] {
  if (typeof draft === 'string') return draft.includes('[redacted]') ? [at] : []
  return Object.entries(draft ?? {}).flatMap(([name, part]) => redactedFields(part as Draft, fieldPath(at, name)))
}
