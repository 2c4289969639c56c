import type { Specimen } from './models.ts'
import { type Call, type Thought, type Turn, valueOf, type Wire } from './servers/turn.ts'

/** What a tool does: it gives a value, or throws an error with this message. */
export type Doing = { readonly gives: unknown } | { readonly throws: string }

/** One conversation: what is asked, what the server says turn by turn, what the tool does. */
export type Scenario = {
  readonly name: string
  readonly instructions?: string
  readonly prompt: readonly Said[]
  readonly turns: readonly Turn[]
  /** What the AI SDK hears instead, where it does not do what is right. */
  readonly theirTurns?: readonly Turn[]
  readonly doing: Doing
  /** Whether it makes sense with this model. */
  fits?(specimen: Specimen): boolean
  /** What the model is told of arguments that the tool refuses is in our own words, and not compared. */
  readonly ownWords?: true
}

/** Options by provider, on a message or a part. */
type Options = { readonly providerOptions?: Record<string, Record<string, unknown>> }
export type Part =
  | ({ readonly text: string } & Options)
  | ({ readonly image: string; readonly detail?: 'low' | 'high' | 'auto' } & Options)
export type Said = { readonly role: 'system' | 'user'; readonly content: string | readonly Part[] } & Options

const call = (place: number, given: unknown = { city: 'Oslo' }): Call => ({
  id: `call_${place}`,
  name: 'weather',
  arguments: typeof given === 'string' ? given : JSON.stringify(given),
})
const asks: readonly Said[] = [{ role: 'user', content: 'Do I need an umbrella in Oslo?' }]
const answer: Turn = { text: 'Take an umbrella.' }
const signed: Thought = { text: 'I should look at the weather.', signature: 'c2lnbmF0dXJl' }
const cats = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const picture = `data:image/png;base64,${cats}`
const address = 'https://pictures.example.com/cat.png'
const ephemeral = { anthropic: { cacheControl: { type: 'ephemeral' } } }

const one = (name: string, turn: Turn, rest: Partial<Scenario> = {}): Scenario => ({
  name,
  prompt: asks,
  turns: [turn, answer],
  doing: { gives: 'rain' },
  ...rest,
})

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

const pictures: readonly Scenario[] = [
  ...([undefined, 'low', 'high'] as const).map((detail) =>
    one(
      `a picture as data${detail ? `, in ${detail} detail` : ''}`,
      { calls: [call(1)] },
      {
        prompt: [
          { role: 'user', content: [{ text: 'Where is this?' }, { image: picture, ...(detail && { detail }) }] },
        ],
        fits: ({ can, detail: told }) => can.see === true && (detail === undefined || told !== undefined),
      },
    ),
  ),
  one(
    'a picture as JPEG that is a PNG',
    { calls: [call(1)] },
    {
      prompt: [{ role: 'user', content: [{ image: picture.replace('png', 'jpeg') }] }],
      fits: ({ can }) => can.see === true,
    },
  ),
  one(
    'a picture by its address',
    { calls: [call(1)] },
    {
      prompt: [{ role: 'user', content: [{ text: 'Where is this?' }, { image: address }] }],
      fits: ({ can, takesAddresses }) => can.see === true && takesAddresses !== false,
    },
  ),
]

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
  ...pictures,
  one('options on a user message', { calls: [call(1)] }, { prompt: [{ ...asks[0]!, providerOptions: ephemeral }] }),
  one(
    'options on a system message',
    { calls: [call(1)] },
    { prompt: [{ role: 'system', content: 'Be brief.', providerOptions: ephemeral }, ...asks] },
  ),
  one(
    'options on parts',
    { calls: [call(1)] },
    {
      prompt: [
        {
          role: 'user',
          content: [{ text: 'A long text.', providerOptions: ephemeral }, { text: 'Do I need an umbrella?' }],
        },
      ],
    },
  ),
  one(
    'options on a picture',
    { calls: [call(1)] },
    {
      prompt: [{ role: 'user', content: [{ image: picture, providerOptions: ephemeral }, { text: 'Where is this?' }] }],
      fits: ({ can }) => can.see === true,
    },
  ),
]
