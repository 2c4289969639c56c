import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../tools/repository.ts'

/** A checkout of its own with the CLI built in it, so that no test builds under the feet of another. */
export async function builtCheckout() {
  const folder = mkdtempSync(join(tmpdir(), 'tinyllm-cli-'))
  for (const name of ['package.json', 'tsconfig.json', 'src', 'machines']) {
    cpSync(join(root, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
  execFileSync(process.execPath, [`${root}test/tools/build-library.js`], { cwd: folder })
  return {
    folder,
    write: (name: string, text: string) => writeFileSync(join(folder, name), text),
    remove: (name: string) => rmSync(join(folder, name), { recursive: true, force: true }),
    tinyllm: (args: readonly string[], options?: Options) => tinyllm(folder, args, options),
  }
}

type Options = {
  stdin?: string
  env?: Record<string, string>
  /** Sends this signal as soon as standard error holds the text. */
  interrupt?: { at: string; signal: NodeJS.Signals }
  /** Gets what standard error holds so far, until it says true. */
  onError?: (text: string) => Promise<boolean>
}

/** Runs the command as a person would, with no key in the environment. */
function tinyllm(cwd: string, args: readonly string[], { stdin = '', env = {}, interrupt, onError }: Options = {}) {
  const { OPENAI_API_KEY: _, OPENAI_BASE_URL: __, DEBUG: ___, ...inherited } = process.env
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args], { cwd, env: { ...inherited, ...env } })
  child.stdin.end(stdin)
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    let [stdout, stderr] = ['', '']
    let told = false
    child.stdout.on('data', (data) => (stdout += data))
    child.stderr.on('data', (data) => {
      stderr += data
      if (onError) void onError(stderr).then((done) => (onError = done ? undefined : onError))
      if (!interrupt || told || !stderr.includes(interrupt.at)) return
      told = true
      child.kill(interrupt.signal)
    })
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}
