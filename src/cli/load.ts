import { statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { toCause } from '../errors.ts'
import { exportsOf } from './commonjs-exports.ts'
import { CliError } from './cli-error.ts'
import { settledOrIdle } from './settled-or-idle.ts'

export type ModuleExports = Readonly<Record<string, unknown>>

/** Loads a module of a user, in JavaScript or TypeScript; `tinyllm` in it is the one that runs here. */
export const loadModule = (file: string): Promise<ModuleExports> =>
  settledOrIdle(
    importModule(file),
    () =>
      `${file} could not be loaded: an await at the top level of it, or of what it imports, waits for something that never comes. Await there only what ends; export the pipeline, and leave it to tinyllm to run it.`,
  )

async function importModule(file: string): Promise<ModuleExports> {
  const path = resolve(file)
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new CliError(`File not found: ${file}. Give the path of a module that exports a pipeline.`)
  }
  const extension = extname(path)
  if (!/^\.[cm]?[jt]sx?$/.test(extension)) {
    throw new CliError(`${file} is not a module: its extension is ${extension || 'missing'}. Give a .ts or .js file.`)
  }
  try {
    const url = pathToFileURL(path).href
    return exportsOf(path, (await (extension.includes('t') ? loadTypeScript(path) : import(url))) as ModuleExports)
  } catch (error) {
    const { name, message } = toCause(error)
    throw new CliError(`${file} could not be loaded: ${name === 'Error' ? '' : `${name}: `}${message.trim()}`, {
      cause: error,
    })
  }
}

/** Newer versions of Node strip types themselves, though not from enums and the like, nor below node_modules. */
const LEFT_TO_JITI = new Set<unknown>([
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
])

async function loadTypeScript(path: string): Promise<ModuleExports> {
  if ((process.features as { typescript?: unknown }).typescript) {
    try {
      return (await import(pathToFileURL(path).href)) as ModuleExports
    } catch (error) {
      if (!LEFT_TO_JITI.has((error as { code?: unknown }).code)) throw error
    }
  }
  const { createJiti } = await import('jiti')
  return createJiti(import.meta.url, { fsCache: false }).import(path)
}
