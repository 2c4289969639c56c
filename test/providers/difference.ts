/** Where two values of JSON differ, the first place first; nothing if they are the same, the order of keys included. */
export function differences(ours: unknown, theirs: unknown, at = 'body'): string[] {
  if (isObject(ours) && isObject(theirs) && Array.isArray(ours) === Array.isArray(theirs)) {
    const keys = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])]
    const inside = keys.flatMap((key) => {
      const place = Array.isArray(theirs) ? `${at}[${key}]` : `${at}.${key}`
      if (!Object.hasOwn(ours, key)) return [`${place} is missing; the AI SDK sends ${written(theirs[key])}`]
      if (!Object.hasOwn(theirs, key)) return [`${place} is ${written(ours[key])}; the AI SDK sends none`]
      return differences(ours[key], theirs[key], place)
    })
    if (inside.length > 0 || Object.keys(ours).join() === Object.keys(theirs).join()) return inside
    return [`${at} has its keys as ${Object.keys(ours).join()}; the AI SDK as ${Object.keys(theirs).join()}`]
  }
  return Object.is(ours, theirs) ? [] : [`${at} is ${written(ours)}; the AI SDK sends ${written(theirs)}`]
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function written(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
