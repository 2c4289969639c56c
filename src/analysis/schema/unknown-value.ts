const made = new WeakSet<object>()

/**
 * A value of which nothing is known: it has every property and every method, and each gives another one. It lets the
 * mappers of a pipeline run on what a simulated leaf gave when no schema says what that is. As text it is `text`.
 */
export function unknownValue(): unknown {
  const target = () => {}
  const value: object = new Proxy(target, {
    get: (_, key) => propertyOf(key),
    apply: () => unknownValue(),
    has: () => true,
    ownKeys: () => ['prototype'].filter((key) => Object.hasOwn(target, key)),
    set: () => true,
  })
  made.add(value)
  return value
}

export const isUnknownValue = (value: unknown): boolean => typeof value === 'function' && made.has(value)

function propertyOf(key: PropertyKey): unknown {
  if (key === Symbol.toPrimitive) return (hint: string) => (hint === 'number' ? 1 : 'text')
  if (key === Symbol.iterator) return [unknownValue()][Symbol.iterator].bind([unknownValue()])
  if (key === 'toJSON' || key === 'toString') return () => 'text'
  if (key === 'length') return 1
  // Not a promise, not a schema, and nothing that a class would look for.
  if (key === 'then' || typeof key === 'symbol') return undefined
  return unknownValue()
}
