import { readFileSync } from 'node:fs'

/**
 * The folder of this package: this file is run from `src`, and as a part of some file in `dist`. There is none where an
 * app has put it into a bundle of its own.
 */
export function packageFolder(): URL | undefined {
  let folder = new URL('.', import.meta.url)
  while (nameIn(folder) !== 'tinyllm') {
    const parent = new URL('..', folder)
    if (parent.href === folder.href) return undefined
    folder = parent
  }
  return folder
}

function nameIn(folder: URL): unknown {
  try {
    return (JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as { name?: unknown }).name
  } catch {
    return undefined
  }
}
