import { boundsOf } from './constraints.ts'
import type { InputField } from './draft.ts'
import type { InputAttributes } from './field.tsx'
import { valueLabel } from '../../../../../border/schema/form-fields.ts'
import type { JsonSchema } from '../../../../../types.ts'

type Props = InputAttributes & { field: InputField; schema: JsonSchema; value: string; set: (text: string) => void }

/** The input for a value that is written or chosen. No choice is preselected. */
export function Input({ field, schema, value, set, ...described }: Props) {
  const fallback = schema.default === undefined ? '' : `${valueLabel(schema.default)} if left out`
  if (field.kind === 'choice') {
    return (
      <select {...described} value={value} onChange={({ currentTarget }) => set(currentTarget.value)}>
        <option value="">{fallback ? `– (${fallback})` : '–'}</option>
        {field.values.map((choice) => (
          <option key={valueLabel(choice)} value={valueLabel(choice)}>
            {choice === true ? 'yes' : choice === false ? 'no' : valueLabel(choice)}
          </option>
        ))}
      </select>
    )
  }
  const written = {
    ...described,
    value,
    ...lengths(schema),
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) => set(currentTarget.value),
  }
  if (field.kind === 'number') {
    const { min, max } = boundsOf(schema)
    return (
      <input {...written} type="number" step={field.isInteger ? 1 : 'any'} min={min} max={max} placeholder={fallback} />
    )
  }
  if (field.kind === 'json')
    return (
      <textarea
        {...written}
        rows={3}
        spellcheck={false}
        placeholder={fallback || (field.isAny ? 'text or JSON' : 'JSON')}
      />
    )
  const hint = fallback || (field.kind === 'text' ? exampleOf(schema) : '')
  if ((field.kind === 'text' && Number(schema.maxLength) > LINE) || value.includes('\n'))
    return <textarea {...written} rows={4} dir="auto" placeholder={hint} />
  const { pattern } = schema
  return (
    <input
      {...written}
      type="text"
      dir="auto"
      placeholder={hint}
      pattern={typeof pattern === 'string' ? pattern : undefined}
    />
  )
}

const lengths = ({ minLength, maxLength }: JsonSchema) => ({
  ...(typeof minLength === 'number' && { minLength }),
  ...(typeof maxLength === 'number' && { maxLength }),
})

/** Longer texts get room for several lines; in characters. */
const LINE = 120
const EXAMPLES: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T09:30:00Z',
  time: '09:30:00',
  email: 'name@example.com',
  uri: 'https://example.com',
}
const exampleOf = ({ format }: JsonSchema): string =>
  typeof format === 'string' && Object.hasOwn(EXAMPLES, format) ? (EXAMPLES[format] as string) : ''
