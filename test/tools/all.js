// `npm test`: every gate of the project, one line each; a gate that fails shows what it said, and the others still run.
// Arguments go to vitest: `npm test -- test/floors.test.ts`.
// The last line is always `N passed, N failed`. Nothing may be skipped: a skipped test counts as failed.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('../..', import.meta.url)))

const gates = [
  ['type check, TypeScript 7', 'node_modules/typescript/bin/tsc'],
  ['type check, TypeScript 5.9', 'node_modules/typescript5/bin/tsc'],
  [
    'type check, page of the inspector',
    'node_modules/typescript/bin/tsc',
    '-p',
    'src/observe/inspector/page',
    '--noEmit',
  ],
  ['lint', 'node_modules/oxlint/bin/oxlint', '--deny-warnings'],
  ['format', 'node_modules/oxfmt/bin/oxfmt', '--check'],
  ['build', 'test/tools/build.js'],
]

// Their packages are installed by build servers only (.ci/run).
for (const folder of ['test/frameworks', 'test/providers', 'test/schemas']) {
  if (!existsSync(`${folder}/node_modules`)) continue
  gates.unshift([`type check, ${folder}`, 'node_modules/typescript/bin/tsc', '-p', folder])
}

const total = { passed: 0, failed: 0 }

for (const [name, ...command] of gates) await report(name, () => runGate(command))
await report('tests', runTests)

console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1

async function report(name, gate) {
  const start = performance.now()
  const { passed, failed, reasons } = await gate()
  total.passed += passed
  total.failed += failed
  console.log(`${failed === 0 ? '✓' : '✗'} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
  for (const reason of reasons) console.log(reason.trimEnd().replaceAll(/^/gm, '    '))
}

async function runGate(command) {
  const { code, output } = await run(command, 'pipe')
  if (code === 0) return { passed: 1, failed: 0, reasons: [] }
  return { passed: 0, failed: 1, reasons: [output || `It ended with ${code} and said nothing.`] }
}

async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'tinyllm-test-'))
  const file = join(folder, 'report.json')
  try {
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts']
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const { code } = await run([...vitest, ...reporters, ...process.argv.slice(2)], 'inherit')
    return count(readFileSync(file, 'utf8'), code)
  } catch (error) {
    return { passed: 0, failed: 1, reasons: [`vitest left no report: ${error.message}`] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A file that cannot be loaded has no tests to count, and an error outside of all tests belongs to none of them. */
function count(json, code) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(json)
  const skipped = numPendingTests + numTodoTests
  const unloadable = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  const reasons = []
  if (skipped) reasons.push(`${skipped} skipped: run them, or delete them.`)
  for (const file of unloadable) reasons.push(`${file.name} could not be loaded: ${file.message}`)
  let failed = numFailedTests + skipped + unloadable.length
  if (failed === 0 && code !== 0) {
    failed = 1
    reasons.push(`vitest ended with ${code} though no test failed: see its output above.`)
  }
  return { passed: numPassedTests, failed, reasons }
}

function run(command, stdio) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, { stdio: ['ignore', stdio, stdio] })
    let output = ''
    child.stdout?.on('data', (chunk) => (output += chunk))
    child.stderr?.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ code: error.message, output }))
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }))
  })
}
