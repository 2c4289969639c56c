import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** The licenses of bundled packages: each stays under its own, and most want their text to go along. */
export const licensesOf = (names) => names.map(licenseOf).join('\n\n')

function licenseOf(name) {
  const folder = folderOf(name)
  const file = readdirSync(folder).find((entry) => /^license(\.|$)/i.test(entry))
  return `${name}\n\n${readFileSync(folder + file, 'utf8')}`
}

/** Not every package exports its package.json. */
function folderOf(name) {
  const [folder] = require.resolve
    .paths(name)
    .map((modules) => `${modules}/${name}/`)
    .filter(exists)
  if (folder === undefined) throw new Error(`${name} is not installed. Run npm install.`)
  return folder
}

function exists(folder) {
  try {
    return readdirSync(folder).length > 0
  } catch {
    return false
  }
}
