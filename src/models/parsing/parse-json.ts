/**
 * `JSON.parse` with -0 read as 0, because -0 cannot be saved: `JSON.stringify` writes it as 0. Throws a `SyntaxError`.
 */
export const parseJson = (text: string): unknown =>
  // Only -0, or a negative number that underflows, is read as -0. A reviver for every text would be slow.
  /-(?:0(?![\d.]*[1-9])|[\d.]+e-)/i.test(text)
    ? JSON.parse(text, (_, value: unknown) => (Object.is(value, -0) ? 0 : value))
    : JSON.parse(text)
