import { useState } from 'preact/hooks'
import type { ChartEvent } from '../../journal/line.ts'
import type { App } from '../state/app.ts'

type Field = { type?: unknown; enum?: readonly unknown[]; const?: unknown; description?: unknown; default?: unknown }
type Props = { app: App; actor: number; event: ChartEvent; path: string | undefined }

/** A button for one event, with a field for each part of its data. */
export function SendForm({ app, actor, event, path }: Props) {
  const fields = Object.entries(fieldsOf(event))
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const [said, setSaid] = useState<string>()
  const required = new Set((event.schema?.required as readonly string[] | undefined) ?? [])
  const send = async () => {
    try {
      const data = Object.fromEntries(
        fields.flatMap(([name, field]) => read(name, field, values[name] ?? initial(field))),
      )
      await app.link?.send(app.run ?? '', actor, { ...data, type: event.type, ...(path !== undefined && { path }) })
      setSaid(undefined)
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error))
    }
  }
  return (
    <form
      class="send"
      onSubmit={(submit) => {
        submit.preventDefault()
        void send()
      }}
    >
      {fields.map(([name, field]) => (
        <label key={name} title={typeof field.description === 'string' ? field.description : undefined}>
          {name}
          {required.has(name) ? '' : ' (optional)'}
          <Input
            field={field}
            name={name}
            value={values[name] ?? initial(field)}
            onChange={(value) => setValues({ ...values, [name]: value })}
          />
        </label>
      ))}
      <button type="submit" class="primary">
        {wordsOf(event.type)}
      </button>
      {said && (
        <p class="refused" role="alert">
          {said}
        </p>
      )}
    </form>
  )
}

type InputProps = { field: Field; name: string; value: string; onChange: (value: string) => void }

function Input({ field, name, value, onChange }: InputProps) {
  const choices = field.enum ?? (field.type === 'boolean' ? [true, false] : undefined)
  if (choices) {
    return (
      <select name={name} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {choices.map((choice) => (
          <option key={String(choice)}>{String(choice)}</option>
        ))}
      </select>
    )
  }
  const isNumber = field.type === 'number' || field.type === 'integer'
  return (
    <input
      name={name}
      type={isNumber ? 'number' : 'text'}
      step="any"
      value={value}
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
    />
  )
}

const fieldsOf = ({ schema }: ChartEvent): Record<string, Field> => {
  const { type: _, path: __, ...fields } = (schema?.properties ?? {}) as Record<string, Field>
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field.const === undefined))
}

const initial = (field: Field): string => {
  if (field.default !== undefined) return String(field.default)
  if (field.enum) return String(field.enum[0])
  return field.type === 'boolean' ? 'true' : ''
}

/** What was typed as the kind of value that the schema asks for; nothing is left out. */
function read(name: string, { type, enum: choices }: Field, text: string): [string, unknown][] {
  if (choices) return [[name, choices.find((choice) => String(choice) === text)]]
  if (type === 'boolean') return [[name, text === 'true']]
  if (text === '') return []
  if (type === 'number' || type === 'integer') return [[name, Number(text)]]
  if (type === 'string' || type === undefined) return [[name, text]]
  try {
    return [[name, JSON.parse(text)]]
  } catch {
    throw new Error(`${name} must be JSON: ${String(type)}.`)
  }
}

/** `loan.approve` and `APPROVE_LOAN` as a person would write them on a button. */
function wordsOf(type: string): string {
  const words = type
    .replaceAll(/[._-]+/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
