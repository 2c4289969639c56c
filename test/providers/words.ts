/** What the model is told of a call that its tool refuses, wherever a wire has it: each library has its own words for that. */
export function withoutWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWords)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).map(([key, inside]) => [key, isResult(value, key) ? '…' : withoutWords(inside)])
  return Object.fromEntries(fields)
}

function isResult(owner: object, key: string): boolean {
  const { role, type, name, toolUseId } = owner as Record<string, unknown>
  if (key === 'content') return role === 'tool' || type === 'tool_result' || name === 'weather' || Boolean(toolUseId)
  if (key === 'error') return name === 'weather'
  return key === 'output' && type === 'function_call_output'
}
