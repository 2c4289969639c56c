/**
 * What a model wrote as JSON. A minus before a zero means nothing in what it says, and could not be saved: JSON writes
 * it as 0. Throws a `SyntaxError`.
 */
export const parseJson = (text: string): unknown =>
  JSON.parse(text, (_, value: unknown) => (Object.is(value, -0) ? 0 : value))
