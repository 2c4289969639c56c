import type { ComponentChildren } from 'preact'
import { fieldPath, type Draft, inputFieldOf, type Problems, objectDraft } from './draft.ts'
import { Input } from './input.tsx'
import { ListField } from './list.tsx'
import { formFieldOf, mergedSchema } from '../../../../../border/schema/form-fields.ts'
import type { JsonSchema } from '../../../../../types.ts'

/** One form: what its ids begin with, the schema that references lead into, and what is wrong. */
export type FormContext = { readonly id: string; readonly root: JsonSchema; readonly problems: Problems }
export type FieldProps = {
  readonly form: FormContext
  /** The place of the value in the event: `customer.name`; empty for the event itself. */
  readonly at: string
  readonly label: string
  readonly schema: JsonSchema
  readonly required: boolean
  readonly draft: Draft
  readonly set: (draft: Draft) => void
}

/** The inputs for one value of any schema. */
export function FieldView(props: FieldProps) {
  const { form, at, schema: given, required, draft, set, label } = props
  const schema = mergedSchema(given, form.root)
  const field = inputFieldOf(formFieldOf(schema, form.root), required)
  switch (field.kind) {
    case 'constant':
      return null
    case 'object': {
      if (at !== '' && draft === undefined && !required) return <AddField {...props} help={helpOf(schema)} fresh={{}} />
      const fields = field.properties.map(({ name, schema: part, required: isRequired }) => (
        <FieldView
          key={name}
          form={form}
          at={fieldPath(at, name)}
          label={labelOf(mergedSchema(part, form.root), name)}
          schema={part}
          required={isRequired}
          draft={objectDraft(draft)[name]}
          set={(value) => set({ ...objectDraft(draft), [name]: value })}
        />
      ))
      return at === '' ? <>{fields}</> : <FieldGroup {...props} help={helpOf(schema)} children={fields} />
    }
    case 'list':
      if (draft === undefined && !required) return <AddField {...props} help={helpOf(schema)} fresh={[undefined]} />
      return (
        <FieldGroup {...props} help={helpOf(schema)}>
          <ListField
            {...props}
            item={(index, part, change) => (
              <FieldView
                form={form}
                at={fieldPath(at, index)}
                label={`${label} ${index + 1}`}
                schema={field.items}
                required
                draft={part}
                set={change}
              />
            )}
          />
        </FieldGroup>
      )
    case 'union': {
      const { way, of } = objectDraft(draft)
      const chosen = typeof way === 'string' && way !== '' ? field.variants[Number(way)] : undefined
      return (
        <FieldGroup {...props} set={undefined} help={helpOf(schema)} isUnion>
          <FieldLine {...props} label={at === '' ? 'kind' : `kind of ${label}`} part="kind">
            {(described) => (
              <select
                {...described}
                value={typeof way === 'string' ? way : ''}
                onChange={({ currentTarget: { value } }) =>
                  set(value === '' ? undefined : { way: value, of: undefined })
                }
              >
                <option value="">–</option>
                {field.variants.map((one, index) => (
                  <option key={index} value={String(index)}>
                    {one.label}
                  </option>
                ))}
              </select>
            )}
          </FieldLine>
          {chosen && (
            <FieldView
              {...props}
              label={chosen.label}
              schema={chosen.schema}
              required
              draft={of}
              set={(value) => set({ way, of: value })}
            />
          )}
        </FieldGroup>
      )
    }
    default:
      return (
        <FieldLine {...props} label={label} help={helpOf(schema)}>
          {(described) => (
            <Input
              {...described}
              field={field}
              schema={schema}
              value={typeof draft === 'string' ? draft : ''}
              set={set}
            />
          )}
        </FieldLine>
      )
  }
}

/** The attributes of an input: its name, and the elements that describe it. */
export type InputAttributes = {
  readonly id: string
  readonly name: string
  readonly required: boolean
  readonly 'aria-invalid': 'true' | undefined
  readonly 'aria-describedby': string | undefined
}
type LineProps = Pick<FieldProps, 'form' | 'at' | 'label' | 'required'> & {
  help?: string | undefined
  /** It is not the value itself, but says something of it. */
  part?: string
  children: (described: InputAttributes) => ComponentChildren
}

/** A label, what it labels, and below it what helps and what is wrong. */
function FieldLine({ form, at, label, required, help, part, children }: LineProps) {
  const name = part === undefined ? at : `${at}~${part}`
  const id = `${form.id}-${name}`
  const problem = form.problems.get(at)
  const described = [help && `${id}-help`, problem && `${id}-problem`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>
        {label}
        {!required && <span class="optional"> (optional)</span>}
      </label>
      {children({
        id,
        name,
        required,
        'aria-invalid': problem ? 'true' : undefined,
        'aria-describedby': described || undefined,
      })}
      {help && (
        <p class="field-help" id={`${id}-help`}>
          {help}
        </p>
      )}
      {problem && (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  )
}

type GroupProps = Pick<FieldProps, 'form' | 'at' | 'label' | 'required'> & {
  set: FieldProps['set'] | undefined
  help: string | undefined
  /** What is wrong is said at the choice in it. */
  isUnion?: boolean
  children?: ComponentChildren
}

/** Fields that belong together; those that are optional can be left out again. */
function FieldGroup({ form, at, label, required, set, help, isUnion, children }: GroupProps) {
  const problem = isUnion ? undefined : form.problems.get(at)
  return (
    <fieldset class="group" aria-invalid={problem ? 'true' : undefined}>
      <legend>
        {label}
        {!required && <span class="optional"> (optional)</span>}
      </legend>
      {help && <p class="field-help">{help}</p>}
      {children}
      {problem && <p class="problem">{problem}</p>}
      {!required && set && (
        <button type="button" class="small" onClick={() => set(undefined)}>
          Leave out {label}
        </button>
      )}
    </fieldset>
  )
}

/** An optional value that was not added yet. */
function AddField({
  label,
  set,
  help,
  fresh,
}: Pick<FieldProps, 'label' | 'set'> & { help: string | undefined; fresh: Draft }) {
  return (
    <div class="field">
      <button type="button" class="small" title={help} onClick={() => set(fresh)}>
        Add {label}
      </button>
      <span class="optional"> (optional)</span>
    </div>
  )
}

const helpOf = ({ description }: JsonSchema): string | undefined =>
  typeof description === 'string' && description !== '' ? description : undefined
const labelOf = ({ title }: JsonSchema, name: string): string =>
  typeof title === 'string' && title !== '' ? title : name
