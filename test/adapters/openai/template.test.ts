import { chain, type ChatMessage, llmCall } from 'tinyllm'
import { openAIAssistantMessage, openAIPromptTemplate, openAISystemMessage, openAIUserMessage } from 'tinyllm/openai'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

describe('openAIPromptTemplate', () => {
  test('fills the placeholders of its sections', async () => {
    const template = openAIPromptTemplate({
      name: 'template',
      input: z.object({ loanApplication: z.string(), words: z.number().default(1) }),
      sections: [
        openAISystemMessage('Answer in {words} word: good or bad.'),
        { role: 'assistant', content: 'Show me.' },
        openAIUserMessage('{loanApplication}'),
        { role: 'user', content: ({ words }: { words: number }) => '!'.repeat(words) },
      ],
    })
    expect(template).toMatchObject({ name: 'template', kind: 'openAIPromptTemplate' })
    expect(await template.run({ loanApplication: 'A {tricky} one {words} {{}}' })).toEqual({
      messages: [
        { role: 'system', content: 'Answer in 1 word: good or bad.' },
        { role: 'assistant', content: 'Show me.' },
        { role: 'user', content: 'A {tricky} one {words} {{}}' },
        { role: 'user', content: '!' },
      ],
    })
  })

  test('sections may be a function, whose texts are final', async () => {
    const template = openAIPromptTemplate({
      name: 'template',
      sections: async ({ text, long }: { text: string; long: boolean }) => [
        ...(long ? [openAISystemMessage('Summarise.')] : []),
        openAIUserMessage(text),
        { role: 'assistant' as const, content: '{text}' },
      ],
    })
    expect(await template.run({ text: 'I {really} mean {{it}}', long: true })).toEqual({
      messages: [
        { role: 'system', content: 'Summarise.' },
        { role: 'user', content: 'I {really} mean {{it}}' },
        { role: 'assistant', content: '{text}' },
      ],
    })
  })

  test('a missing value is an error that names the placeholder, the section and what there is', async () => {
    const template = openAIPromptTemplate({
      name: 'template',
      sections: [openAISystemMessage('Hi'), openAIUserMessage('{loan}')],
    })
    expect(await template.safeRun({ loanApplication: 'x' } as never)).toMatchObject({
      error: {
        code: 'run',
        path: 'template',
        message:
          'template failed while running: section 2 (user) has the placeholder {loan}, and the input has no value for it (the input has loanApplication). Add it to the input, or write {{loan}} if the braces are meant as text.',
      },
    })
    for (const loan of [undefined, null]) {
      expect(await template.safeRun({ loan } as never)).toMatchObject({ success: false })
    }
    expect(await template.safeRun('text' as never)).toMatchObject({ success: false })
    // What every object inherits is no value.
    const inherited = openAIPromptTemplate({ name: 'template', sections: [openAIUserMessage('{toString}')] })
    expect(await inherited.safeRun({} as never)).toMatchObject({ success: false })
  })

  test.each([
    [{ name: 'a', sections: [] }, 'openAIPromptTemplate a: sections is empty'],
    [{ name: 'a' }, 'openAIPromptTemplate a: sections is undefined'],
    [{ name: 'a', sections: ['Hi'] }, 'section 1 is "Hi", not a message'],
    [{ name: 'a', sections: [{ role: 'user' }] }, 'section 1: content is undefined'],
    [{ name: 'a', sections: [openAIUserMessage('x')], input: {} }, 'input is not a schema'],
  ])('refuses %j when it is defined', (config, message) => {
    expect(() => openAIPromptTemplate(config as never)).toThrow(message)
  })

  test('a function that returns no messages is an error of the run', async () => {
    const template = openAIPromptTemplate({ name: 'template', sections: (() => 'Hi') as never })
    expect(await template.safeRun({})).toMatchObject({
      error: { code: 'run', message: expect.stringContaining('the result of sections(input) is "Hi". Give an array') },
    })
  })
})

describe('a text with placeholders', () => {
  const input = { name: 'Ada', n: 3, yes: true, list: [1, { a: 'b' }], $x: 'dollar', größe: 'groß', empty: '' }
  test.each([
    ['Hello {name}', 'Hello Ada'],
    ['{name}{n}{yes}', 'Ada3true'],
    ['{$x} {größe} [{empty}]', 'dollar groß []'],
    ['{list}', JSON.stringify(input.list, null, 2)],
    ['{{name}}', '{name}'],
    ['{{{name}}}', '{Ada}'],
    ['{{{{name}}}}', '{{name}}'],
    ['{"a": {"b": 1}}', '{"a": {"b": 1}}'],
    ['{"a": {"b": {}}}', '{"a": {"b": {}}}'],
    ['{{"a": {{"b": "{name}"}}}}', '{"a": {"b": "Ada"}}'],
    ['{"who": "{name}", "deep": {"n": {n}}}', '{"who": "Ada", "deep": {"n": 3}}'],
    ['{ name } {} {1} {a b} {a.b} {', '{ name } {} {1} {a b} {a.b} {'],
    ['}} {{', '} {'],
    ['} {', '} {'],
    ['function f() {\n  return {name: 1}\n}', 'function f() {\n  return {name: 1}\n}'],
    ['', ''],
  ])('%j', async (template, text) => {
    const message = openAIUserMessage(template as string)
    expect(await message.run(input)).toEqual({ role: 'user', content: text })
  })
})

describe('a placeholder', () => {
  const text = async (value: unknown) => (await openAIUserMessage('[{order}]').run({ order: value } as never)).content

  test.each<[string, unknown, string]>([
    ['a Map', new Map([['a', 1]]), '[{\n  "a": 1\n}]'],
    ['a Set', { tags: new Set(['a']) }, '[{\n  "tags": [\n    "a"\n  ]\n}]'],
    ['an error', [new TypeError('no')], '[[\n  {\n    "name": "TypeError",\n    "message": "no"\n  }\n]]'],
    ['a date', new Date(0), '[1970-01-01T00:00:00.000Z]'],
    ['a bigint', 12n, '[12]'],
  ])('writes %s', async (_, value, written) => {
    expect(await text(value)).toBe(written)
  })

  test.each<[string, () => object, string]>([
    ['a bigint', () => ({ id: 12n }), 'a bigint at order.id'],
    ['a circle', () => ((a: { self?: object }) => Object.assign(a, { self: a }))({}), 'a circular reference at order.self'],
    ['a toJSON that throws', () => ({ toJSON: () => { throw new Error('no') } }), 'something that cannot be read (no) at order'],
    ['what is no number', () => [NaN], 'NaN at order[0]'],
  ])('that cannot be written fails the template, and names the place: %s', async (_, make, what) => {
    const template = openAIPromptTemplate({ name: 'template', sections: [openAIUserMessage('{order}')] })
    expect(await template.safeRun({ order: make() })).toMatchObject({
      error: { code: 'run', message: expect.stringContaining(`section 1 (user) has the placeholder {order}, and its value cannot be written as text: it contains ${what}.`) },
    })
  }) // prettier-ignore
})

describe.each([
  ['system', openAISystemMessage, 'openAISystemMessage'],
  ['user', openAIUserMessage, 'openAIUserMessage'],
  ['assistant', openAIAssistantMessage, 'openAIAssistantMessage'],
] as const)('a %s message', (role, factory, kind) => {
  // A user message takes more than text; what they share is tested here.
  const make = factory as typeof openAISystemMessage
  test('is a function of its own, that shows its role and content', async () => {
    const message = make('Hello {who}')
    expect(message).toMatchObject({ name: kind, kind, role, content: 'Hello {who}' })
    expect(message.as('greeting')).toMatchObject({ name: 'greeting', kind, role, content: 'Hello {who}' })
    expect(await message.run({ who: 'Ada' })).toEqual({ role, content: 'Hello Ada' })
  })

  test('may be made by a function', async () => {
    const message = make(async ({ who }: { who: string }) => `Hello {${who}}`)
    expect(await message.run({ who: 'Ada' })).toEqual({ role, content: 'Hello {Ada}' })
    expect(await make((() => 3) as never).safeRun({})).toMatchObject({
      error: { code: 'run', message: expect.stringContaining('Return a string') },
    })
  })

  test('is refused without content', () => {
    expect(() => make(undefined as never)).toThrow(`${kind}: content is undefined`)
  })

  test('feeds a model', async () => {
    const ask = chain({
      name: 'ask',
      children: [make('{question}'), llmCall({ name: 'model', model: (messages) => JSON.stringify(messages) })],
    })
    expect(await ask.run({ question: 'Why?' })).toBe(JSON.stringify([{ role, content: 'Why?' }]))
  })
})

describe('examples in a template', () => {
  const examples = [
    { user: 'Say {x}', assistant: '{"good": true}' },
    { user: 'B', assistant: 'bad' },
  ]
  const shown = [
    { role: 'user', content: 'Say {x}' },
    { role: 'assistant', content: '{"good": true}' },
    { role: 'user', content: 'B' },
    { role: 'assistant', content: 'bad' },
  ]

  test('stand where their section stands, as they are', async () => {
    const ask = openAIPromptTemplate({
      name: 'ask',
      sections: [openAISystemMessage('Judge.'), { examples }, openAIUserMessage('{question}')],
    })
    expect(await ask.run({ question: 'Why?' })).toEqual({
      messages: [{ role: 'system', content: 'Judge.' }, ...shown, { role: 'user', content: 'Why?' }],
    })
  })

  test('may be picked for the input', async () => {
    const ask = openAIPromptTemplate({
      name: 'ask',
      input: z.object({ question: z.string(), shots: z.number() }),
      sections: [
        { examples: async ({ shots }: { shots: number }) => examples.slice(0, shots) },
        openAIUserMessage('{question}'),
      ],
    })
    const question = { role: 'user', content: 'Why?' }
    expect(await ask.run({ question: 'Why?', shots: 1 })).toEqual({ messages: [...shown.slice(0, 2), question] })
    expect(await ask.run({ question: 'Why?', shots: 0 })).toEqual({ messages: [question] })
  })

  test('may come from a function of the whole', async () => {
    const ask = openAIPromptTemplate({
      name: 'ask',
      sections: (question: string) => [{ examples }, { role: 'user', content: question }],
    })
    expect(await ask.run('Why {x}?')).toEqual({ messages: [...shown, { role: 'user', content: 'Why {x}?' }] })
  })

  test.each([
    [{ examples: 'some' }, 'openAIPromptTemplate ask: section 1: examples is "some"'],
    [{ examples: [{ user: 'A' }] }, 'openAIPromptTemplate ask: section 1: example 1 is an object, not a pair'],
  ])('are refused as %j', (section, message) => {
    expect(() => openAIPromptTemplate({ name: 'ask', sections: [section as never] })).toThrow(message)
  })

  test('that are picked wrongly are said when it runs', async () => {
    const ask = openAIPromptTemplate({ name: 'ask', sections: [{ examples: () => undefined as never }] })
    expect(await ask.safeRun({})).toMatchObject({
      error: { code: 'run', message: expect.stringContaining('section 1: examples is') },
    })
  })
})

describe('pictures in a template', () => {
  test('are parts whose texts and addresses have placeholders', async () => {
    const see = openAIPromptTemplate({
      name: 'see',
      input: z.object({ subject: z.string(), url: z.string() }),
      sections: [
        openAIUserMessage([
          { type: 'text', text: 'Is there a {subject}?' },
          { type: 'image_url', image_url: { url: '{url}', detail: 'low' } },
        ]),
      ],
    })
    expect(await see.run({ subject: 'cat', url: 'https://example.org/a.png' })).toEqual({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Is there a cat?' },
            { type: 'image_url', image_url: { url: 'https://example.org/a.png', detail: 'low' } },
          ],
        },
      ],
    })
  })

  test.each([[[]], [[{ type: 'image_url' }]], [[{ type: 'text' }]], [[3]]])('parts like %j are refused', (parts) => {
    expect(() => openAIUserMessage(parts as never)).toThrow(
      'openAIUserMessage: content is an array, which is not message content',
    )
  })
})

describe('the size of a prompt', () => {
  const sections = [openAISystemMessage('1234'), openAIUserMessage('{text}')] as const

  test('is its characters, and too large is an error that says so', async () => {
    const ask = openAIPromptTemplate({ name: 'ask', maxSize: 8, sections })
    expect(await ask.safeRun({ text: '5678' })).toMatchObject({ success: true })
    expect(await ask.safeRun({ text: '56789' })).toMatchObject({
      error: {
        code: 'run',
        path: 'ask',
        message:
          'ask failed while running: the prompt has the size 9, more than maxSize (8). Shorten the input, or raise maxSize.',
      },
    })
  })

  test('may be counted in another way; what is no number is too large', async () => {
    const counted = (size: number) =>
      openAIPromptTemplate({ name: 'ask', maxSize: 2, size: async () => size, sections })
    expect(await counted(2).safeRun({ text: 'long enough' })).toMatchObject({ success: true })
    expect(await counted(NaN).safeRun({ text: '' })).toMatchObject({ error: { code: 'run' } })
  })

  test.each([
    [{ maxSize: 0 }, 'maxSize is 0'],
    [{ size: () => 1 }, 'has size but no maxSize'],
    [{ maxSize: 1, size: 3 }, 'size is 3, not a function'],
  ])('%j is refused', (limit, message) => {
    expect(() => openAIPromptTemplate({ name: 'ask', sections, ...(limit as object) })).toThrow(message)
  })
})

describe('a message with a name of its own', () => {
  const rules = openAISystemMessage({ name: 'rules', content: 'Answer in {language}.' })

  test('is a function of that name', async () => {
    expect(rules).toMatchObject({ name: 'rules', kind: 'openAISystemMessage', role: 'system' })
    expect(rules.content).toBe('Answer in {language}.')
    expect(await rules.run({ language: 'French' })).toEqual({ role: 'system', content: 'Answer in French.' })
    const both = chain({
      name: 'both',
      children: [() => ({ language: 'French' }), rules, (message: { content: string }) => message.content],
    })
    expect(await both.run(undefined)).toBe('Answer in French.')
    expect(Object.keys(both.machine.implementations.actors)).toContain('both.rules')
  })

  test('stands in sections as without', async () => {
    const sections = [
      rules,
      openAIUserMessage({ name: 'asked', content: [{ type: 'text', text: '{question}' }] }),
      openAIAssistantMessage({ content: ({ n }: { n: number }) => `${n}` }),
    ] as const
    expect(
      await openAIPromptTemplate({ name: 'it', sections }).run({ language: 'French', question: 'Why?', n: 1 }),
    ).toEqual({
      messages: [
        { role: 'system', content: 'Answer in French.' },
        { role: 'user', content: [{ type: 'text', text: 'Why?' }] },
        { role: 'assistant', content: '1' },
      ],
    })
  })

  test('says what is wrong with it', () => {
    expect(() => openAISystemMessage({ nam: 'a', content: 'x' } as never)).toThrow(
      'openAISystemMessage has no option "nam". Did you mean name?',
    )
    expect(() => openAISystemMessage({ role: 'user', content: 'x' } as never)).toThrow(
      'openAISystemMessage: its role is system, not "user".',
    )
    expect(() => openAISystemMessage({ name: 'a', content: 1 } as never)).toThrow('openAISystemMessage: content is')
    expect(() => openAISystemMessage({ name: 'a' } as never)).toThrow('openAISystemMessage: content is')
  })
})

test('the conversation so far may be among the sections of a function, whole', async () => {
  const past: ChatMessage[] = [
    { role: 'user', content: 'In {x}?', name: 'Ada' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'a', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'a', content: '{1}', result: { type: 'json', value: 1 } },
  ]
  const ask = openAIPromptTemplate({
    name: 'ask',
    sections: (question: string) => [openAISystemMessage('Be brief.'), ...past, { role: 'user', content: question }],
  })
  expect(await ask.run('Why?')).toEqual({
    messages: [{ role: 'system', content: 'Be brief.' }, ...past, { role: 'user', content: 'Why?' }],
  })
})
