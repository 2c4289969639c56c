const unknownValues = new WeakSet<object>()

/**
 * Stands for a value of unknown type: every property is such a value, every call returns one, and as text it is `text`. So
 * mappers run on the output of a simulated leaf without a schema.
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
  unknownValues.add(value)
  return value
}

export const isUnknownValue = (value: unknown): boolean => typeof value === 'function' && unknownValues.has(value)

function propertyOf(key: PropertyKey): unknown {
  if (key === Symbol.toPrimitive) return (hint: string) => (hint === 'number' ? 1 : 'text')
  if (key === Symbol.iterator) return [unknownValue()][Symbol.iterator].bind([unknownValue()])
  if (key === 'toJSON' || key === 'toString') return () => 'text'
  if (key === 'length') return 1
  // It is not a promise and not a schema, and has no symbols that change how it is used.
  if (key === 'then' || typeof key === 'symbol') return undefined
  return unknownValue()
}
