import { describe, expect, test } from 'vitest'
import { listMessages, messagesIn, missedSentences } from './tools/messages.ts'
import { read, repositoryFiles } from './tools/repository.ts'

const sources = Object.fromEntries(
  repositoryFiles()
    .filter((file) => /^src\/.*\.tsx?$/.test(file))
    .map((file) => [file, read(file)]),
)

/** `npx vitest run --config test/vitest.config.ts test/messages.test.ts -u` writes the list; a review reads what changed. */
test('messages.txt lists every message', async () => {
  expect(Object.keys(sources).length).toBeGreaterThan(100)
  await expect(listMessages(sources)).toMatchFileSnapshot('messages.txt')
})

test('no sentence of src is missing in the list', () => {
  expect(Object.entries(sources).flatMap(([file, source]) => missedSentences(file, source))).toEqual([])
})

describe('messagesIn', () => {
  const planted: Record<string, [source: string, messages: readonly string[]]> = {
    'an error': [
      `throw new TypeError(\`\${owner}: \${field} is \${said(x)}. Give true.\`)`,
      ['${owner}: ${field} is ${…}. Give true.'],
    ],
    'an error of one word': [`new PipelineError('stopped')`, ['stopped']],
    'the fields of an error': [
      `new ModelError({ code: 'run', message: 'stopped', remedy: 'Wait.' })`,
      ['Wait.', 'stopped'],
    ],
    'the class of an error': [`class A extends Error { constructor(a) { super('stopped') } }`, ['stopped']],
    'a message and its remedy': [
      `return { code: 'a', message: 'unreachable', remedy: 'Remove it.' }`,
      ['Remove it.', 'unreachable'],
    ],
    'a variable': [`const message = isLate ? 'late' : text ?? 'early'`, ['early', 'late']],
    'a helper that builds messages': [`must(isLogger, 'logger', 'a logger with warn')`, ['a logger with warn']],
    'what a helper returns': [`const over = (path: string) => \`\${path} has ended\``, ['${path} has ended']],
    'a warning': [`logger.warn('slow')`, ['slow']],
    'the console': ['console.error(`tinyllm: ${text}`)', ['tinyllm: ${text}']],
    'an output of the command line': [`process.stderr.write('done')`, ['done']],
    'a sum': [`fail('Nothing waits' + ' for it, ' + name + more())`, ['Nothing waits for it, ${name}${…}']],
    'a part of a message': [`\`\${n} items \${isOne ? 'was' : 'were'} lost\``, ['${n} items ${…} lost', 'was', 'were']],
    'a message in a message': [
      `\`it failed: \${cause ?? 'for no known reason'}\``,
      ['for no known reason', 'it failed: ${…}'],
    ],
    'a text of the page': [`<b title="copy">Nothing  runs\n yet</b>`, ['Nothing runs yet', 'copy']],
    'no identifier': [`switch (kind) { case 'chain': emit({ type: 'a b'.length, kind: 'loop' }) }`, ['a b']],
    'no word that is compared': [`const message = type === 'array' ? 'an array' : text`, ['an array']],
    'no type, import or pattern': [
      `import 'a b'; type A = 'a b'; const b: 'a b' = f(); String.raw\`a b\`; 'a b'.split(' ')`,
      [],
    ],
    'no class of the page': [`<b className="a b" id="c d" />`, []],
  }

  test.each(Object.entries(planted))('sees %s', (_, [source, messages]) => {
    expect(messagesIn('src/a.tsx', source)).toEqual(messages)
  })

  test('lists files and messages in order', () => {
    const planted = {
      'src/b.ts': `fail('b b\\n'); fail('a a'); fail('a a')`,
      'src/a.ts': `fail('c c')`,
      'src/c.ts': 'f()',
    }
    expect(listMessages(planted)).toBe('src/a.ts\n  c c\n\nsrc/b.ts\n  a a\n  b b\\n\n')
  })
})

test('missedSentences finds what looks like a message and is not seen', () => {
  const source = `\nconst all = 'Give it a name.'.split(' '), one = 'Give it a name again.'`
  expect(missedSentences('src/a.ts', source)).toEqual(['src/a.ts:2: "Give it a name." is not in the list of messages.'])
})
