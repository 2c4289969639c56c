import { boundsOf } from './constraints.ts'
import type { Described } from './field.tsx'
import { type Field, type Schema, textOf } from './schema.ts'

type Props = Described & { field: Field; schema: Schema; value: string; set: (text: string) => void }

/** The input for a value that is written or chosen. Nothing is chosen for anybody. */
export function Input({ field, schema, value, set, ...described }: Props) {
  const fallback = schema.default === undefined ? '' : `${textOf(schema.default)} if left out`
  if (field.kind === 'choice') {
    return (
      <select {...described} value={value} onChange={({ currentTarget }) => set(currentTarget.value)}>
        <option value="">{fallback ? `– (${fallback})` : '–'}</option>
        {field.choices.map((choice) => (
          <option key={textOf(choice)} value={textOf(choice)}>
            {choice === true ? 'yes' : choice === false ? 'no' : textOf(choice)}
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
      <input {...written} type="number" step={field.whole ? 1 : 'any'} min={min} max={max} placeholder={fallback} />
    )
  }
  if (field.kind === 'json')
    return (
      <textarea
        {...written}
        rows={3}
        spellcheck={false}
        placeholder={fallback || (field.any ? 'text or JSON' : 'JSON')}
      />
    )
  const hint = fallback || (field.kind === 'text' ? field.hint : '')
  if ((field.kind === 'text' && field.long) || value.includes('\n'))
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

const lengths = ({ minLength, maxLength }: Schema) => ({
  ...(typeof minLength === 'number' && { minLength }),
  ...(typeof maxLength === 'number' && { maxLength }),
})
