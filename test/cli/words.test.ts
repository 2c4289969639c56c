import { describe, expect, test } from 'vitest'
import { type OptionDefinitions, parseArguments, parseInteger } from '../../src/cli/parse-arguments.ts'

const options = {
  file: { type: 'positional', description: '' },
  input: { type: 'string', alias: 'i', mayBeEmpty: true, description: '' },
  export: { type: 'string', valueHint: 'NAME', description: '' },
  format: { type: 'string', choices: ['mermaid', 'svg'], description: '' },
  inspect: { type: 'string', choices: ['page', 'classic'], bare: 'page', description: '' },
  json: { type: 'boolean', description: '' },
} as const satisfies OptionDefinitions
const read = (...words: string[]) => parseArguments('run', words, options)

describe('the words after a command', () => {
  test.each<[words: string[], given: object]>([
    [[], {}],
    [['a.ts'], { file: 'a.ts' }],
    [['a.ts', '--json', '-i', 'x'], { file: 'a.ts', json: true, input: 'x' }],
    [['--input', '-5', 'a.ts'], { file: 'a.ts', input: '-5' }],
    [['--input', '-'], { input: '-' }],
    [['-i=x'], { input: 'x' }],
    [['--input='], { input: '' }],
    [['--input', ''], { input: '' }],
    [['--input=--x=y'], { input: '--x=y' }],
    [['--input', 'two\nlines'], { input: 'two\nlines' }],
    [['--inspect'], { inspect: 'page' }],
    [['--inspect', 'a.ts'], { inspect: 'page', file: 'a.ts' }],
    [['--inspect', 'classic', 'a.ts'], { inspect: 'classic', file: 'a.ts' }],
    [['--inspect', '--json'], { inspect: 'page', json: true }],
    [['--inspect=classic'], { inspect: 'classic' }],
    [['--', '-a.ts'], { file: '-a.ts' }],
  ])('%j', (words, given) => {
    expect(read(...words)).toEqual(given)
  })

  test.each<[words: string[], message: string]>([
    [
      ['a.ts', 'b.ts'],
      "Unexpected argument b.ts: the command is tinyllm run <FILE>. An input goes after --input: --input 'b.ts'.",
    ],
    [['--', 'a.ts', '--json'], 'Unexpected argument --json: the command is tinyllm run <FILE>.'],
    [
      ['--imput', 'x'],
      'Unknown option --imput. Did you mean --input? The options are --input, --export, --format, --inspect, --json.',
    ],
    [['--imput=x'], 'Unknown option --imput.'],
    [['--no-json'], 'Unknown option --no-json.'],
    [['--constructor'], 'Unknown option --constructor.'],
    [['--file', 'a.ts'], 'Unknown option --file.'],
    [['-x'], 'Unknown option -x.'],
    [['-ix'], 'Unknown option -ix.'],
    [['-j'], 'Unknown option -j.'],
    [['--json', '--json'], '--json was given twice. Give it once.'],
    [['--input', 'a', '-i', 'b'], '--input was given twice.'],
    [['--inspect', '--inspect', 'classic'], '--inspect was given twice.'],
    [['--json=yes'], '--json does not take a value, but yes was given.'],
    [['--json='], '--json does not take a value, but an empty one was given.'],
    [['--export'], '--export needs a value: NAME.'],
    [['--export='], '--export needs a value: NAME.'],
    [['--export', ''], '--export needs a value: NAME.'],
    [['--export', '--json'], 'A value that begins with two dashes is given as --export=--json.'],
    [['--export', '-i', 'x'], '--export needs a value: NAME.'],
    [['--format'], '--format needs a value: one of mermaid, svg.'],
    [['--format='], '--format needs a value: one of mermaid, svg.'],
    [['--format', 'png'], '--format does not take png. Give one of mermaid, svg: --format mermaid.'],
    [['a.ts', '--inspect', 'bogus'], '--inspect does not take bogus. Give one of page, classic'],
    [['--inspect', 'bogus', 'a.ts'], '--inspect does not take bogus.'],
    [['--inspect', 'bogus'], '--inspect does not take bogus.'],
    [['--inspect=bogus'], '--inspect does not take bogus.'],
  ])('%j is refused', (words, message) => {
    expect(() => read(...words)).toThrow(message)
  })
})

describe('a whole number', () => {
  test.each(['0', '4280', ' 80 ', '65535'])('%j is a port', (text) => {
    expect(parseInteger('port', text, 0, 65_535, 'port')).toBe(Number(text))
  })

  test.each(['abc', '', '-1', '70000', '1.5', '1e3', '0x10', 'NaN', 'Infinity', '80,81'])('%j is no port', (text) => {
    expect(() => parseInteger('port', text, 0, 65_535, 'port')).toThrow(
      /^--port .* is not a port\. Give a whole number from 0 to 65535\.$/,
    )
  })
})
