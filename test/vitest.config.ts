import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseConfigFileTextToJson } from 'typescript5'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))

/** `tinyllm`, `tinyllm/openai` and so on mean the sources, as they do for the type check: one list, in tsconfig.json. */
function aliases() {
  const file = `${root}tsconfig.json`
  const { compilerOptions } = parseConfigFileTextToJson(file, readFileSync(file, 'utf8')).config
  return Object.entries<string[]>(compilerOptions.paths).map(([name, [target]]) => ({
    find: new RegExp(`^${name.replaceAll('.', String.raw`\.`).replace('*', '(.*)')}$`),
    replacement: root + target!.replace('./', '').replace('*', '$1'),
  }))
}

export default defineConfig({
  root,
  resolve: { alias: aliases() },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/bench/**', '**/node_modules/**'],
    // Processes, because some tests send signals, change the directory or look at the heap. By default vitest leaves one
    // core to itself: on a small machine that is half of it.
    pool: 'forks',
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A unit test that takes this long (ms) deserves a look.
    slowTestThreshold: 500,
    unstubEnvs: true,
    restoreMocks: true,
  },
})
