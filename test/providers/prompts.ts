import { asks, call, one, type Said, type Scenario } from './scenario.ts'

// What is asked: pictures, options for a provider, and what was said before.

const cats = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const picture = `data:image/png;base64,${cats}`
const address = 'https://pictures.example.com/cat.png'
const ephemeral = {
  anthropic: { cacheControl: { type: 'ephemeral' } },
  bedrock: { cachePoint: { type: 'default' } },
  openaiCompatible: { cache: 'ephemeral' },
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

/** What was said before, as a conversation of ours keeps it. */
const earlier = (beside: object = {}, options: object = {}): readonly Said[] => [
  { role: 'user', content: 'Do I need an umbrella in Rome?' },
  {
    ours: {
      role: 'assistant',
      content: 'Let me look.',
      tool_calls: [
        { id: 'call_0', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' }, ...options },
      ],
      ...options,
      ...beside,
    },
    theirs: {
      role: 'assistant',
      content: [
        { type: 'text', text: 'Let me look.' },
        { type: 'tool-call', toolCallId: 'call_0', toolName: 'weather', input: { city: 'Rome' }, ...options },
      ],
      ...options,
    },
  },
  {
    ours: {
      role: 'tool',
      tool_call_id: 'call_0',
      content: '{"sky":"blue"}',
      result: { type: 'json', value: { sky: 'blue' } },
      ...options,
    },
    theirs: {
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: 'call_0',
          toolName: 'weather',
          output: { type: 'json', value: { sky: 'blue' } },
          ...options,
        },
      ],
    },
  },
  { ours: { role: 'assistant', content: 'No.' }, theirs: { role: 'assistant', content: 'No.' } },
]
const elsewhere = {
  provider: 'nobody.chat',
  content: [{ type: 'reasoning', text: 'Hm.', providerMetadata: { nobody: { signature: 'bm9ib2R5' } } }],
}

const histories: readonly Scenario[] = [
  ['an earlier conversation', earlier()],
  ['an earlier conversation, with options', earlier({}, { providerOptions: ephemeral })],
  ['an earlier conversation with another provider', earlier({ parts: elsewhere })],
  [
    'a developer says something',
    [{ ours: { role: 'developer', content: 'Be brief.' }, theirs: { role: 'system', content: 'Be brief.' } }],
  ],
].map(([name, before]) =>
  one(name as string, { calls: [call(1)] }, { prompt: [...(before as readonly Said[]), ...asks] }),
)

const options: readonly Scenario[] = [
  one(
    'options on a user message',
    { calls: [call(1)] },
    { prompt: [{ role: 'user', content: 'Do I need an umbrella?', providerOptions: ephemeral }] },
  ),
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

export const prompts: readonly Scenario[] = [...pictures, ...options, ...histories]
