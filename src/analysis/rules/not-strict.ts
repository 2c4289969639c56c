import { tryStrictSchema } from '../../models/schema/strict-mode.ts'
import { requestedOutput } from '../requested-output.ts'
import type { Rule } from '../rule.ts'
import { unsatisfiableParts } from '../schema/unsatisfiable.ts'

/** The output of a model cannot be requested in strict mode. */
export const notStrict: Rule = ({ definitions }) =>
  definitions.flatMap((definition) => {
    const output = requestedOutput(definition)
    // Of those parts, that strict mode does not support them is not the mistake.
    if (!output || unsatisfiableParts(output.wanted).length > 0) return []
    const { jsonSchema, isAsked, wrapper } = output.form
    const found = isAsked && jsonSchema && tryStrictSchema(jsonSchema).violation
    if (!found) return []
    const { path, displayName } = definition
    const at = wrapper && found.at.startsWith(wrapper) ? found.at.slice(wrapper.length).replace(/^\./, '') : found.at
    const message = `The output of ${displayName} cannot be requested in strict mode, so a model may answer in another form: ${at || 'it'} ${found.why}.`
    return [{ code: 'not-strict', severity: 'warning', path, message, remedy: found.remedy }]
  })
