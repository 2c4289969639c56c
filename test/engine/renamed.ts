import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const xstate = at('../../node_modules/xstate')

/** The private names of xstate that the engine uses: all that stand in the one file where they may. */
export const names = [
  ...new Set(readFileSync(at('../../src/engine/internals.ts'), 'utf8').match(/(?<![\w#])_[a-zA-Z]+\b/g)),
].toSorted()

/** Those whose loss changes nothing: the engine writes again what XState does under that name, or only hands it on. */
export const harmless: ReadonlySet<string> = new Set(['_complete', '_doneEvent', '_syncSnapshot'])

/** A copy of the installed xstate in which these names are others, everywhere. `renamed` is exported by it as well. */
export function copyOfXState(folder: string, renamed: string, changed: readonly string[]): string {
  const copy = `${folder}/${renamed}`
  mkdirSync(`${copy}/dist`, { recursive: true })
  cpSync(`${xstate}/package.json`, `${copy}/package.json`)
  const missing = new Set(changed)
  for (const file of readdirSync(`${xstate}/dist`)) {
    if (!file.endsWith('.esm.js') || file.includes('development')) continue
    let text = readFileSync(`${xstate}/dist/${file}`, 'utf8')
    for (const name of changed) {
      const pattern = new RegExp(String.raw`\b${name}\b`, 'g')
      if (pattern.test(text)) missing.delete(name)
      text = text.replace(pattern, `${name}_renamed`)
    }
    if (file === 'xstate.esm.js') text += `\nexport const renamed = ${JSON.stringify(renamed)}\n`
    writeFileSync(`${copy}/dist/${file}`, text)
  }
  if (missing.size > 0) throw new Error(`xstate has no ${[...missing].join(', ')}: delete it from internals.ts.`)
  return copy
}
