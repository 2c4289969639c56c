// The second part of the build: the page of the inspector, with everything that it needs, so that a consumer installs
// nothing for it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const source = 'src/observe/inspector/page'
const target = 'dist/observe/inspector/page'

export async function buildPage() {
  const { build } = await import('vite')
  const root = process.cwd()
  await build({
    configFile: false,
    root: `${root}/${source}`,
    base: './',
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: `${root}/${target}`,
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: false,
      cssCodeSplit: false,
    },
  })
  writeFileSync(`${target}/licenses.txt`, licenseOf('preact'))
}

/** What is built in stays under its own license, which goes along. */
function licenseOf(name) {
  const folder = createRequire(import.meta.url)
    .resolve(`${name}/package.json`)
    .replace('package.json', '')
  const file = readdirSync(folder).find((entry) => /^license(\.|$)/i.test(entry))
  return `${name}\n\n${readFileSync(folder + file, 'utf8')}`
}
