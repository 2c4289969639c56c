import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
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

/** The frameworks that only test/frameworks needs, as browsers get them; Node gets what renders pages on a server. */
const frameworks = `${root}test/frameworks/`
const inBrowsers = Object.entries({
  '@xstate/solid': '@xstate/solid/dist/xstate-solid.esm.js',
  '@xstate/svelte': '@xstate/svelte/dist/xstate-svelte.esm.js',
  'solid-js': 'solid-js/dist/solid.js',
  'solid-js/store': 'solid-js/store/dist/store.js',
  svelte: 'svelte/src/index-client.js',
  'svelte/store': 'svelte/src/store/index-client.js',
}).map(([name, file]) => ({ find: new RegExp(`^${name}$`), replacement: `${frameworks}node_modules/${file}` }))
/** These want an installation of their own, which .ci/run makes: there, it is missed by a test that says so. */
const notInstalled = ['compilers', 'frameworks', 'jest', 'providers', 'schemas', 'xstate'].filter(
  (folder) => !existsSync(`${root}test/${folder}/node_modules`),
)

const svelte = {
  name: 'svelte',
  transform(code: string, file: string) {
    if (!file.endsWith('.svelte')) return undefined
    const { compile } = createRequire(frameworks)('svelte/compiler')
    return compile(code, { filename: file, generate: 'client' }).js
  },
}

/** Tests of what is built, published, or installed by a build server; all others import the sources. */
const built = [
  'test/*/installed.test.ts',
  'test/{cli,compilers,e2e,jest}/**/*.test.ts',
  'test/{copies,packaging}.test.ts',
  'test/observe/inspector/**/security.test.ts',
]
const excluded = [
  'test/bench/**',
  '**/node_modules/**',
  ...notInstalled.map((folder) => (process.env.CI ? `test/${folder}/!(installed).test.ts` : `test/${folder}/**`)),
]

// `npm install` writes a vitest.config.ts at the root that exports this, for bare `npx vitest` and for editors.
export default defineConfig({
  root,
  plugins: [svelte],
  resolve: { alias: [...aliases(), ...inBrowsers] },
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.{ts,tsx}'], exclude: [...excluded, ...built] },
      },
      {
        extends: true,
        test: { name: 'built', include: built, exclude: excluded, globalSetup: 'test/tools/build-if-stale.ts' },
      },
    ],
    server: { deps: { inline: [/test\/frameworks\/node_modules/] } },
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
