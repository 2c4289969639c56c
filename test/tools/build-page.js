// The second part of the build: the page of the inspector, with everything that it needs, so that a consumer installs
// nothing for it.
import { writeFileSync } from 'node:fs'
import { licensesOf } from './licenses.js'

const source = 'src/observe/inspector/page'
const target = 'dist/inspector/page'

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
  writeFileSync(`${target}/licenses.txt`, licensesOf(['preact']))
}
