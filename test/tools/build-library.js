// The first part of the build: one file for each entry point of package.json and chunks of what they share, as ESM in
// dist and as CommonJS in dist/cjs. The entry points are the `paths` of tsconfig.json: `tinyllm/openai` is dist/openai.js.
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'
import { parseConfigFileTextToJson } from 'typescript5'
import { licensesOf } from './licenses.js'

const entries = readEntries()
/** The command line is ESM only: nothing imports it. */
const commands = { 'cli/main': 'src/cli/main.ts' }
/** Small packages that are built in, so that an app does not install them. */
const bundled = ['citty', 'consola', 'ws']
const external = (id) => /^[^./]/.test(id) && !bundled.includes(id.split('/')[0])
const common = { external, platform: 'node', tsconfig: false, treeshake: { moduleSideEffects: false } }
/** Not minified, and names are kept: stack traces are read in these files. JSDoc is in the declarations. */
const output = { comments: { legal: true, annotation: true, jsdoc: false }, chunkFileNames: 'chunks/[name]-[hash].js' }

export async function bundleLibrary() {
  await write({ ...common, input: { ...entries, ...commands } }, { ...output, dir: 'dist', format: 'esm' })
  // Jest runs CommonJS in a context in which `import()` fails; `require` works.
  await write(
    { ...common, input: entries },
    { ...output, dir: 'dist/cjs', format: 'cjs', exports: 'named', dynamicImportInCjs: false },
  )
  writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n')
  writeFileSync('dist/licenses.txt', licensesOf(bundled))
}

/** One declaration file for each entry point; `folder` holds those of the compiler. */
export async function bundleDeclarations(folder) {
  const input = mapValues(entries, (file) => file.replace(/^\.\/src/, folder).replace(/\.ts$/, '.d.ts'))
  for (const dir of ['dist', 'dist/cjs']) {
    await write(
      { input, external: (id) => /^[^./]/.test(id), plugins: [dts({ dtsInput: true, tsconfig: false })] },
      { dir, format: 'esm', entryFileNames: '[name].d.ts', chunkFileNames: 'chunks/[name]-[hash].d.ts' },
    )
  }
}

async function write(input, options) {
  const bundle = await rolldown({ ...input, onLog: failOnWarning, checks: { pluginTimings: false } })
  await bundle.write({ entryFileNames: '[name].js', ...options })
  await bundle.close()
}

function failOnWarning(level, log, handle) {
  if (level === 'warn') throw new Error(log.message)
  handle(level, log)
}

function readEntries() {
  const { paths } = parseConfigFileTextToJson('tsconfig.json', readFileSync('tsconfig.json', 'utf8')).config
    .compilerOptions
  const named = Object.entries(paths).filter(([name]) => !name.includes('*'))
  return Object.fromEntries(named.map(([name, [file]]) => [name.split('/').slice(1).join('/') || 'index', file]))
}

const mapValues = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))

// Tests run it in a checkout of their own: the JavaScript only, unchecked.
if (realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url))) await bundleLibrary()
