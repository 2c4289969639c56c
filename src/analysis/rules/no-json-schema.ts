import { jsonSchemaOf } from '../../models/schema/json-schema.ts'
import type { Rule } from '../rule.ts'

/** An event has a schema whose library cannot convert it to JSON Schema, so that its payload cannot be described. */
export const noJsonSchema: Rule = ({ definitions }) =>
  definitions.flatMap(({ path, displayName, node }) => {
    const events = Object.entries(node.facts?.events ?? {}).filter(([, schema]) => !jsonSchemaOf(schema))
    return events.map(([type]) => ({
      code: 'no-json-schema',
      severity: 'info',
      path,
      message: `The schema of ${type}, which ${displayName} waits for, has no JSON Schema: its payload cannot be described.`,
      remedy: 'Use a library with Standard JSON Schema, such as zod 4.',
    }))
  })
