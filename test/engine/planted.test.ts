import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { PipelineMachine } from '../../src/engine/machine.ts'
import { difference, expectation } from './difference.ts'
import type { MachineClass } from './scenario.ts'

const src = fileURLToPath(new URL('../../src', import.meta.url))

/** Mistakes that an engine could have, each as a change of one of its files: what it says, and what it would say. */
const faults: Record<string, [file: string, is: string, becomes: string]> = {
  'an outer state answers before an inner one': ['select.ts', 'of listeners) {', 'of listeners.toReversed()) {'],
  'an inactive state answers': ['select.ts', ' || !find(root, node)', ''],
  'an outer state answers, too': ['select.ts', 'chosen.at(-1)?.source.isBelow(node) || ', ''],
  'the last of the eventless transitions is taken': ['select.ts', 'always?.find(', 'always?.findLast('],
  'regions are left in document order': ['macrostep.ts', 'of regions.chunks.toReversed()', 'of regions.chunks'],
  'outer states are left before inner ones': [
    'macrostep.ts',
    'if (inner) this.#exit(inner)',
    'for (const one of invoked) stop(one?.ref, this.#args(), this.#scope)\n    if (inner) return this.#exit(inner)',
  ],
  'no child is stopped': ['macrostep.ts', 'for (const one of invoked) stop', 'for (const one of []) stop'],
  'a transition acts after entry': [
    'macrostep.ts',
    'for (const { actions } of chosen) this.#act(actions)\n    for (const { domain, enters } of chosen) if (enters.length > 0) this.#arrive(domain, enters)',
    'for (const { domain, enters } of chosen) if (enters.length > 0) this.#arrive(domain, enters)\n    for (const { actions } of chosen) this.#act(actions)',
  ],
  'invokes come before entry actions': [
    'macrostep.ts',
    'this.#act(node.entry)\n    const invoked = node.invoke.length === 0 ? NONE : this.#invoke(node)',
    'const invoked = node.invoke.length === 0 ? NONE : this.#invoke(node)\n    this.#act(node.entry)',
  ],
  'a parallel state is complete with one region': [
    'macrostep.ts',
    '?.regions?.final === around.states.length',
    '?.regions?.final',
  ],
  'a region that becomes final is not counted': ['configuration.ts', 'this.final + change', 'this.final'],
  'the second chunk of regions is lost': ['configuration.ts', 'index >> BITS]?.[', '0]?.['],
  'a parallel state that is complete on entry is not': [
    'macrostep.ts',
    'if (regions.final === node.states.length) this.#raise(node)',
    '',
  ],
  'raised events come before eventless transitions': [
    'macrostep.ts',
    'let chosen = selectEventless(this.#pending, this.#event, this)\n      if (chosen.length === 0) {',
    'let chosen = selectEventless(this.#pending, this.#event, this)\n      if (chosen.length === 0 || this.#raised.length > 0) {',
  ],
  'the last raised event comes first': ['macrostep.ts', 'this.#raised.shift()', 'this.#raised.pop()'],
  'an eventless transition sees the raised event as the old one': [
    'macrostep.ts',
    '        this.#event = raised\n',
    '',
  ],
  'an error that nobody handles is passed over': [
    'macrostep.ts',
    'chosen.length === 0 && event',
    'chosen.length === 1 && event',
  ],
  'children outlive the run': ['macrostep.ts', 'if (this.#outcome !== ACTIVE) this.#stopAll()', ''],
  'a stopped run keeps its children': ['macrostep.ts', 'this.#inside, {})', 'this.#inside)'],
  'an assign sees the old context': [
    'effects.ts',
    'return { ...given.context, ...assignment(given) }',
    'return { ...assignment(given) }',
  ],
  'what an assign spawns is no child': [
    'macrostep.ts',
    'this.#spawned = adding(this.#spawned, child(ref.id, ref))',
    '',
  ],
  'an invoke gets the input of the state before': [
    'effects.ts',
    'input({ context, event, self })',
    'input({ context: self.getSnapshot()?.context ?? context, event, self })',
  ],
  'observers are not told': ['report.ts', 'sendInspectionEvent(system, MICROSTEP)', 'void MICROSTEP'],
  'observers get the end of the macrostep': [
    'macrostep.ts',
    'snapshot(): LazySnapshot {\n    const { root, spawned } = this.#inside',
    'snapshot(): LazySnapshot {\n    if (this.#pending.length > 0 && this.#raised.length === 0) return this.#snapshot\n    const { root, spawned } = this.#inside',
  ],
  'a held snapshot changes': [
    'configuration.ts',
    'if (node === domain) return new Active(node, invoked, inner)',
    'if (node === domain) return Object.assign(root, { inner })',
  ],
  'a snapshot without changes is a new one': [
    'machine.ts',
    'return after === before ? snapshot : after',
    'return after',
  ],
  'children are listed by state': ['snapshot.ts', 'list.toSorted((a, b) => a.place - b.place)', 'list'],
  'refusals count for can': ['machine.ts', '.filter(({ refuses }) => !refuses)', ''],
  'a copy of a snapshot lacks what nobody had read': [
    'snapshot.ts',
    'LazySnapshot.#read(snapshot, key)\n      const isShared',
    'const isShared',
  ],
  'a snapshot has its parts in another order': [
    'snapshot.ts',
    '{}, matches, hasTag, can, getMeta',
    '{}, matches, can, hasTag, getMeta',
  ],
  'a snapshot is of a class': [
    'snapshot.ts',
    ': Object.prototype),\n    defineProperty',
    ': LazySnapshot.prototype),\n    defineProperty',
  ],
  'a snapshot has what is not its own': ['snapshot.ts', '|| key in Object.prototype', "|| key === 'nothing'"],
  'a snapshot gives other parts each time': [
    'snapshot.ts',
    '(parts[part] = snapshot.#workOut(part))',
    'snapshot.#workOut(part)',
  ],
  'a child spawned again is there twice': ['macrostep.ts', 'if (at === -1)', 'if (at !== -2)'],
  'a restored run forgets a child': [
    'restore.ts',
    'children[id] = made(owner, id, saved, parent)\n  }',
    "if (!id.endsWith('#timeout')) children[id] = made(owner, id, saved, parent)\n  }",
  ],
  'a restored run forgets its regions': ['configuration.ts', 'Regions.of(inside)', 'Regions.of(inside.toReversed())'],
  'an event that comes while an actor is busy is lost': ['internals.ts', 'else (this.#queue ??= []).push(event)', ''],
  'an actor forgets its effects': ['internals.ts', '(this.#deferred ??= []).push(effect)', ''],
  'a stop waits for nothing': [
    'internals.ts',
    "else this._send({ type: 'xstate.stop' })",
    'else this._stopProcedure()',
  ],
  'an actor that has not started starts after its stop': [
    'internals.ts',
    'if (this._processingStatus === Status.NotStarted) this._processingStatus = Status.Stopped',
    'if (this._processingStatus === Status.NotStarted) this.#queue = undefined',
  ],
  'a transition leaves too much': ['plan.ts', 'target.path.findLast(', 'target.path.find('],
  'a transition does not say where it comes from': ['machine.ts', "(event === '' ? always", "(event !== '' ? always"],
}

async function plant([file, is, becomes]: [string, string, string]): Promise<MachineClass> {
  const folder = mkdtempSync(join(tmpdir(), 'tinyllm-planted-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(`${src}/engine`, folder, { recursive: true })
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name), 'utf8')
    if (name === file) expect(text.split(is).length, `${file} has that text once`).toBe(2)
    const changed = name === file ? text.replace(is, () => becomes) : text
    writeFileSync(join(folder, name), changed.replaceAll(`from '../`, `from '${src}/`))
  }
  // It would find many of these faults by itself, and then nothing would run on what has the fault.
  writeFileSync(join(folder, 'self-test.ts'), 'export const runsFast = () => true\n')
  const module = (await import(join(folder, 'machine.ts'))) as { PipelineMachine: MachineClass }
  return module.PipelineMachine
}

const expected = new Map<number, Promise<string[]>>()

/** The first seed at which the machine is not as XState's. */
async function caught(Machine: MachineClass, within: number): Promise<number | undefined> {
  for (let seed = 1; seed <= within; seed++) {
    const expecting = expected.get(seed) ?? expectation(seed, PipelineMachine)
    expected.set(seed, expecting)
    await expecting
    const found = await difference(seed, Machine, expecting).catch(String)
    if (found) return seed
  }
  return undefined
}

describe('the differential test sees', { timeout: 240_000 }, () => {
  test.each(Object.entries(faults))('that %s', async (_, fault) => {
    const Machine = await plant(fault)
    expect(await caught(Machine, 1500)).toBeDefined()
  })

  test('nothing in a copy without a fault', async () => {
    const Machine = await plant(['machine.ts', 'PipelineMachine extends', 'PipelineMachine extends'])
    expect(await caught(Machine, 20)).toBeUndefined()
  })
})
