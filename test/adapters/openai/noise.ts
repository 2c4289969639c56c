import fc from 'fast-check'

/** What a model means to say, whatever its server makes of it. */
export type Intended = {
  text: string
  reasoning: string
  refusal: string
  calls: { name: string; input: object }[]
  usage?: { prompt_tokens: number; completion_tokens: number } | undefined
  isLong: boolean
}
export const TOOLS = ['time', 'get_weather', 'get_weather_now', 'haha']

const words = (max: number) => fc.string({ unit: 'grapheme', maxLength: max })
const input = fc.dictionary(words(6), fc.jsonValue({ maxDepth: 2, depthSize: 'small' }), { maxKeys: 3 })
// JSON has no -0.
const plain = (value: object): object => JSON.parse(JSON.stringify(value)) as object

export const intended: fc.Arbitrary<Intended> = fc
  .record({
    text: words(30),
    reasoning: fc.oneof(fc.constant(''), words(20)),
    refusal: fc.oneof(
      { weight: 6, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.constant('I will not. 我不') },
    ),
    calls: fc.oneof(
      fc.constant<Intended['calls']>([]),
      fc.array(fc.record({ name: fc.constantFrom(...TOOLS), input: input.map(plain) }), { maxLength: 3 }),
    ),
    usage: fc.option(
      fc.record({
        prompt_tokens: fc.integer({ min: 1, max: 999 }),
        completion_tokens: fc.integer({ min: 1, max: 999 }),
      }),
      { nil: undefined },
    ),
    isLong: fc.boolean(),
  })
  .map((answer) => ({
    ...answer,
    text: answer.text || (answer.calls.length + answer.refusal.length > 0 ? '' : 'Hi'),
    isLong: answer.isLong && answer.calls.length === 0 && answer.refusal === '',
  }))

/** In which ways a server departs from the protocol. */
export const noise = fc.record({
  body: fc.constantFrom('events', 'document'),
  contentType: fc.constantFrom('right', 'right', 'wrong', 'none'),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  hasBlankLines: fc.boolean(),
  dataField: fc.constantFrom('data: ', 'data:'),
  isPretty: fc.boolean(),
  hasComments: fc.boolean(),
  hasDone: fc.boolean(),
  afterDone: fc.boolean(),
  finish: fc.constantFrom('plain', 'upper', 'odd', 'missing', 'empty', 'stop', 'early', 'each'),
  usage: fc.constantFrom('last', 'each', 'withFinish', 'x_groq', 'choice', 'text', 'partly'),
  noUsage: fc.constantFrom('absent', 'null', 'empty', 'nulls'),
  choices: fc.constantFrom('list', 'object', 'one', 'two'),
  choiceIndex: fc.constantFrom<unknown>(0, '0', null, undefined, 1),
  holder: fc.constantFrom('delta', 'message', 'whole', 'both'),
  content: fc.constantFrom('text', 'parts', 'texts', 'output_text', 'type only', 'one part'),
  reasoning: fc.constantFrom('reasoning_content', 'reasoning', 'twice', 'details', 'summary', 'thinking', 'parts'),
  refusal: fc.constantFrom('field', 'part'),
  fillers: fc.array(fc.constantFrom('role', 'null', 'empty', 'noChoices', 'nulls', 'noCalls', 'emptyText', 'noError'), {
    maxLength: 4,
  }),
  index: fc.constantFrom('normal', 'from1', 'gaps', 'missing', 'text', 'null', 'negative', 'zero', 'wandering'),
  id: fc.constantFrom('first', 'each', 'none', 'same'),
  name: fc.constantFrom('first', 'pieces', 'each', 'after', 'afterInPieces'),
  input: fc.constantFrom('pieces', 'object', 'whole', 'double', 'again', 'filler'),
  calls: fc.constantFrom('tool_calls', 'tool_calls', 'custom', 'function_call', 'flat', 'keys'),
  order: fc.constantFrom('sequence', 'interleaved', 'oneChunk'),
  callsAsList: fc.boolean(),
  cuts: fc.array(fc.nat(1000), { maxLength: 12 }),
  seed: fc.nat(),
})
export type Noise = typeof noise extends fc.Arbitrary<infer T> ? T : never

/** Noises that together leave nothing to tell calls apart by, or of which one cannot be beside the other, as what can be read. */
export function readable(given: Noise, answer: Intended): Noise {
  const is = { ...given }
  const several = answer.calls.length > 1
  if (is.calls === 'function_call' && answer.calls.length !== 1) is.calls = 'tool_calls'
  if (is.index === 'wandering') Object.assign(is, { id: 'each', order: 'sequence' })
  if (is.id === 'same') Object.assign(is, { index: 'normal', order: 'sequence' })
  const hasIndex = ['normal', 'from1', 'gaps', 'text'].includes(is.index)
  if (is.order === 'interleaved' && !hasIndex && is.id !== 'each') is.order = 'sequence'
  if (is.order === 'oneChunk') Object.assign(is, { input: is.input === 'object' ? 'object' : 'whole', name: 'first' })
  if (!hasIndex && (is.id === 'none' || is.id === 'same') && several) {
    // What comes again, or first as something else, is then another call.
    if (is.input === 'again' || is.input === 'filler') is.input = 'pieces'
  }
  if (is.input === 'double' && is.calls === 'custom') is.input = 'whole'
  if (is.input === 'again' && (is.id !== 'each' || is.calls === 'function_call')) is.input = 'pieces'
  if (is.index === 'wandering' && is.name === 'each' && /again|filler/.test(is.input)) is.input = 'pieces'
  if (
    is.input === 'filler' &&
    (is.name.startsWith('after') || (is.name === 'each' && (is.id !== 'each' || is.calls === 'function_call')))
  )
    is.input = 'pieces'
  if (is.id === 'same' && (is.input === 'filler' || is.name.startsWith('after')))
    Object.assign(is, { input: 'whole', name: 'first' })
  if (is.content === 'text' || is.content === 'texts')
    is.reasoning = is.reasoning === 'parts' ? 'reasoning' : is.reasoning
  if (is.refusal === 'part' && is.content === 'text') is.content = 'parts'
  return is
}

/** The same choices each time. */
export function dice(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** A text in pieces, none of which ends within a character. */
export function piecesOf(text: string, roll: (below: number) => number): string[] {
  const signs = [...text]
  const pieces: string[] = []
  while (signs.length > 0) pieces.push(signs.splice(0, 1 + roll(6)).join(''))
  return pieces
}
