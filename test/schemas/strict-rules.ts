/** What OpenAI's strict mode has against a schema, by its documentation; nothing if it takes it. */
export function strictFaults(root: any): string[] {
  const faults: string[] = []
  if (root.type !== 'object') faults.push('the root is no object')
  const visit = (schema: any, at: string): void => {
    const odd = Object.keys(schema).filter((keyword) => !ALLOWED.includes(keyword))
    if (odd.length > 0) faults.push(`${at} has ${odd.join(', ')}`)
    if ('$ref' in schema) {
      const beside = Object.keys(schema).filter((keyword) => keyword !== '$ref' && keyword !== '$defs')
      if (beside.length > 0) faults.push(`${at} has ${beside.join(', ')} beside its reference`)
      const name = decodeURIComponent(schema.$ref.replace('#/$defs/', '')).replaceAll('~1', '/')
      const known = schema.$ref === '#' || name in (root.$defs ?? {})
      if (!known) faults.push(`${at} refers to ${schema.$ref}`)
    } else if (!('type' in schema) && !('anyOf' in schema)) faults.push(`${at} has no type`)
    const types = [schema.type].flat()
    if (types.includes('object')) {
      if (schema.additionalProperties !== false) faults.push(`${at} is open`)
      const [keys, required] = [Object.keys(schema.properties ?? {}), schema.required ?? []]
      if (keys.toSorted().join('|') !== [...required].toSorted().join('|')) faults.push(`${at} has optional keys`)
      for (const key of keys) visit(schema.properties[key], `${at}.${key}`)
    }
    if (types.includes('array')) {
      if (typeof schema.items !== 'object') faults.push(`${at} has no items`)
      else visit(schema.items, `${at}[]`)
    }
    if ('format' in schema && !FORMATS.includes(schema.format)) faults.push(`${at} has the format ${schema.format}`)
    if (/\(\?<?[=!]/.test(schema.pattern ?? '')) faults.push(`${at} has a look-around`)
    for (const part of schema.anyOf ?? []) visit(part, at)
    for (const [name, part] of Object.entries(schema.$defs ?? {})) visit(part, name)
  }
  visit(root, 'root')
  return faults
}

const ALLOWED =
  'type title description properties required additionalProperties items enum const anyOf $ref $defs pattern format multipleOf minimum maximum exclusiveMinimum exclusiveMaximum minItems maxItems'.split(
    ' ',
  )
const FORMATS = 'date-time time date duration email hostname ipv4 ipv6 uuid'.split(' ')
