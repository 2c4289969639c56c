/**
 * What a model wrote as JSON. A minus before a zero means nothing in what it says, and could not be saved: JSON writes
 * it as 0. Throws a `SyntaxError`.
 */
export const parseJson = (text: string): unknown =>
  // Only a -0, or what is too small for another number, reads as -0; asking for every value takes its time.
  /-(?:0(?![\d.]*[1-9])|[\d.]+e-)/i.test(text)
    ? JSON.parse(text, (_, value: unknown) => (Object.is(value, -0) ? 0 : value))
    : JSON.parse(text)
