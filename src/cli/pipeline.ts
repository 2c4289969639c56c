import { type HasNode, NODE, type Node } from '../compile/scope.ts'
import type { AnyFn, Provided, StandardSchema } from '../types.ts'
import { CliError } from './cli-error.ts'
import type { ModuleExports } from './load.ts'

/**
 * The pipeline that a module exports, by one rule for all commands: the one of that name; else the default export; else
 * the only one that is not part of another one.
 */
export function pickPipeline(module: ModuleExports, file: string, name: string | undefined): AnyFn {
  const found = Object.entries(module).filter((entry): entry is [string, AnyFn] => isFn(entry[1]))
  const names = found.map(([key]) => key).join(', ')
  if (found.length === 0) {
    throw new CliError(`${file} exports no pipeline. Export one: export const name = chain({ … }).`)
  }
  if (name !== undefined) {
    const named = found.find(([key]) => key === name)
    if (named) return named[1]
    throw new CliError(`${file} exports no pipeline ${name}. It exports: ${names}.`)
  }
  if (isFn(module.default)) return module.default
  const all = [...new Set(found.map(([, fn]) => fn))]
  const parts = new Set(all.flatMap((fn) => [...functionsBelow(fn)]))
  const [whole, ...others] = all.filter((fn) => !parts.has(fn))
  if (whole && others.length === 0) return whole
  throw new CliError(
    `${file} exports ${found.length} pipelines, and none as default: ${names}. Choose one: --export ${found.at(-1)?.[0]}.`,
  )
}

/** The values for keys that a module exports for its runs: `export const provide = [db.with(pool)]`. */
export const providedBy = ({ provide }: ModuleExports): { provide?: readonly Provided[] } =>
  Array.isArray(provide) ? { provide: provide as readonly Provided[] } : {}

/** The functions that stand in a pipeline, at any depth; one of another copy of tinyllm keeps its own to itself. */
function functionsBelow(pipeline: object, found = new Set<object>()): Set<object> {
  for (const { fn } of (pipeline as Partial<HasNode>)[NODE]?.children ?? []) {
    if (found.has(fn)) continue
    found.add(fn)
    functionsBelow(fn, found)
  }
  return found
}

export const isFn = (value: unknown): value is AnyFn => {
  const { kind, stream, start } = Object(value) as { kind?: unknown; stream?: unknown; start?: unknown }
  return typeof kind === 'string' && typeof stream === 'function' && typeof start === 'function'
}

/** One function of a pipeline. */
export type PipelinePart = {
  /** The service that it asks. */
  service?: 'openai' | undefined
  /** What it takes: its own schema, or that of the first function below. */
  schema?: StandardSchema | undefined
}

/** The functions of a pipeline, itself first. A pipeline of another copy of tinyllm keeps them to itself. */
export function pipelineParts(pipeline: AnyFn): PipelinePart[] {
  const node = (pipeline as unknown as Partial<HasNode>)[NODE]
  return node ? partsIn(node) : [{}]
}

function partsIn(node: Node): PipelinePart[] {
  const below = (node.children ?? []).map(({ fn }) => partsIn(fn[NODE]))
  const first = node.dataFlow?.input === 'first' ? below[0]?.[0]?.schema : undefined
  return [{ service: node.facts?.service, schema: node.input ?? first }, ...below.flat()]
}
