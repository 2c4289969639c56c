import { readFileSync } from 'node:fs'

/** The folder of this package: this file is run from `src`, and as a part of some file in `dist`. */
export function packageFolder(): URL {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    if (nameIn(folder) === 'tinyllm') return folder
    if (folder.pathname === '/')
      throw new Error(
        `${import.meta.url} is in no copy of the package tinyllm. If you bundle tinyllm/inspector, leave it external.`,
      )
  }
}

function nameIn(folder: URL): unknown {
  try {
    return (JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as { name?: unknown }).name
  } catch {
    return undefined
  }
}
