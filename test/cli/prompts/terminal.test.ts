import { describe, expect, test } from 'vitest'
import { EndOfInput } from '../../../src/cli/prompts/terminal.ts'
import { terminalOf } from './scripted.ts'

const never = new AbortController().signal

describe('a terminal', () => {
  test('reads a line a question, and closes the input between them', async () => {
    const { terminal } = terminalOf(['Grace\r', '42\r'])
    expect(await terminal.read('name: ', never)).toBe('Grace')
    terminal.close()
    expect(await terminal.read('n: ', never)).toBe('42')
  })

  test('keeps what was typed ahead for the next question', async () => {
    const { terminal } = terminalOf(['Grace\r42\r'])
    expect(await terminal.read('name: ', never)).toBe('Grace')
    expect(await terminal.read('n: ', never)).toBe('42')
  })

  test('takes a question away', async () => {
    const own = terminalOf()
    const gone = new AbortController()
    const asked = own.terminal.read('name: ', gone.signal)
    gone.abort(new Error('it is gone'))
    await expect(asked).rejects.toThrow('it is gone')
    own.left.push('5\r')
    expect(await own.terminal.read('n: ', never)).toBe('5')
  })

  test('what was typed ahead for a question that is taken away answers no other one', async () => {
    const own = terminalOf(['Grace\r42\r'])
    const gone = new AbortController()
    await own.terminal.read('name: ', gone.signal)
    gone.abort(new Error('it is gone'))
    await expect(own.terminal.read('n: ', gone.signal)).rejects.toThrow('it is gone')
    own.left.push('5\r')
    expect(await own.terminal.read('other: ', never)).toBe('5')
  })

  test('Ctrl-D ends the input: nobody can be asked any more', async () => {
    const { terminal } = terminalOf(['\u0004'])
    expect(terminal.isThere).toBe(true)
    await expect(terminal.read('name: ', never)).rejects.toThrow(EndOfInput)
    expect(terminal.isThere).toBe(false)
  })

  test('Ctrl-C is told, also in the middle of a line', async () => {
    const own = terminalOf(['Gra\u0003ce\r'])
    expect(await own.terminal.read('name: ', never)).toBe('Grace')
    expect(own.interrupts).toBe(1)
  })

  test('streams that are not a terminal are not asked', () => {
    expect(terminalOf([], { isTTY: false }).terminal.isThere).toBe(false)
  })
})
