import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { NODE } from '../compile/scope.ts'

type Namespace = Readonly<Record<string, unknown>>

/**
 * What a module exports, under its own names. Of one in CommonJS, `import` shows only the names that Node
 * guesses from its text, and `module.exports` as the default export.
 */
export function exportsOf(path: string, namespace: Namespace): Namespace {
  const { cache } = createRequire(path)
  const exported: unknown = cache[realpathSync(path)]?.exports
  const isCommonJs = exported !== undefined && exported === namespace.default
  const isNamed = typeof exported === 'object' && exported !== null && !(NODE in exported)
  return isCommonJs && isNamed ? { ...exported } : namespace
}
