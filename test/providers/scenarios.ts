import { prompts } from './prompts.ts'
import { answer, call, one, type Scenario } from './scenario.ts'
import { type Thought, valueOf, type Wire } from './servers/turn.ts'

const signed: Thought = { text: 'I should look at the weather.', signature: 'c2lnbmF0dXJl' }

const results: readonly Scenario[] = Object.entries({
  'a text': 'rain',
  'an empty text': '',
  'an object': { sky: 'grey', wind: { force: 5 } },
  'a list': ['rain', 3],
  'a number': 12.5,
  'a boolean': false,
  null: null,
  undefined,
}).map(([name, gives]) => one(`a tool gives ${name}`, { calls: [call(1)] }, { doing: { gives } }))

/** What the model wrote is no object: the AI SDK sends lists on as they are, so its own agent is told of `{}`. */
const odd: readonly Scenario[] = ['[1]', '3', 'null', 'true', '"Oslo"', '{"city": "Os', 'Oslo'].map((given) =>
  one(
    `the arguments are ${given}`,
    { calls: [call(1, given)] },
    { theirTurns: [{ calls: [call(1, '{}')] }, answer], ownWords: true, fits: ({ wire }) => takes(wire, given) },
  ),
)

function takes({ arguments: possible }: Wire, given: string): boolean {
  return possible === 'anything' || (possible === 'any JSON' && valueOf(given) !== given)
}

export const scenarios: readonly Scenario[] = [
  one('one call', { calls: [call(1)] }),
  one('one call, with instructions', { calls: [call(1)] }, { instructions: 'Be brief.' }),
  one('a text beside the call', { text: 'Let me look.', calls: [call(1)] }),
  one('two calls at once', { calls: [call(1), call(2, { city: 'Rome' })] }),
  one('arguments in an order of their own', { calls: [call(1, '{"unit":"C","city":"Oslo"}')] }),
  one(
    'no arguments at all',
    { calls: [call(1, '')] },
    // The package of Gemini for AI SDK 5 hears no call without arguments.
    { theirTurns: [{ calls: [call(1, '{}')] }, answer], ownWords: true, fits: ({ name }) => name !== 'google 5' },
  ),
  one('arguments that the tool refuses', { calls: [call(1, { city: 3, more: [null] })] }, { ownWords: true }),
  ...results,
  one('a tool throws', { calls: [call(1)] }, { doing: { throws: 'no such city' } }),
  one('two calls, and the tool throws', { calls: [call(1), call(2)] }, { doing: { throws: 'no such city' } }),
  ...odd,
  one(
    'a thought first',
    { thoughts: [{ text: 'I should look at the weather.' }], calls: [call(1)] },
    { fits: ({ can }) => can.think === true },
  ),
  one('a signed thought first', { thoughts: [signed], calls: [call(1)] }, { fits: ({ can }) => can.sign === true }),
  one(
    'a signed thought, a text, two calls',
    { thoughts: [signed], text: 'Let me look.', calls: [call(1), call(2)] },
    { fits: ({ can }) => can.sign === true },
  ),
  one(
    'a thought that is only a signature',
    { thoughts: [{ text: '', signature: 'c2lnbmF0dXJl' }], calls: [call(1)] },
    { fits: ({ can }) => can.sign === true },
  ),
  one(
    'hidden thoughts',
    { thoughts: [signed, { text: '', hidden: 'aGlkZGVu' }], calls: [call(1)] },
    { fits: ({ can }) => can.hide === true },
  ),
  {
    ...one('thoughts in two turns', { thoughts: [signed], calls: [call(1)] }),
    turns: [
      { thoughts: [signed], calls: [call(1)] },
      { thoughts: [{ text: 'And in Rome?', signature: 'YW5vdGhlcg==' }], calls: [call(2, { city: 'Rome' })] },
      answer,
    ],
    fits: ({ can }) => can.sign === true,
  },
  {
    ...one('a search of its own first', {
      searched: { query: 'weather', url: 'https://weather.example.com/', title: 'The weather' },
      text: 'I found something, and look closer.',
      calls: [call(1)],
    }),
    searches: true,
    fits: ({ search }) => search !== undefined,
  },
  ...prompts,
]
