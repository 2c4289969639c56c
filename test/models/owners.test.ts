import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { root } from '../tools/repository.ts'

/** What a process of its own prints, which ends at the first promise that is rejected and nobody's. */
function printed(script: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const args = ['--unhandled-rejections=strict', '--import', 'jiti/register', script]
  const child = spawn(process.execPath, args, { cwd: root })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (data) => (stdout += data))
  child.stderr.on('data', (data) => (stderr += data))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
}

test('however a call of a model ends, and whatever fails after that, no promise is left without an owner', async () => {
  const { code, stdout, stderr } = await printed('test/models/owners.ts')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const lines = stdout.trim().split('\n')
  expect(lines.at(-1)).toBe('alive')
  expect(lines.length).toBeGreaterThan(150)
  expect(lines).toContain('begins something nobody looks after when it is canceled, by an abort: aborted')
  expect(lines).toContain('begins something nobody looks after when it is canceled, by idleTimeout: run')
  expect(lines).toContain('has promises beside it, at its own end: ok')
})
