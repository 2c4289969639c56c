import { type HasNode, NODE, type Node } from '../compile/scope.ts'
import type { AnyFn, StandardSchema } from '../types.ts'
import { CliError } from './failure.ts'
import type { Module } from './load.ts'

/**
 * The pipeline that a module exports, by one rule for all commands: the one of that name; else the default export; else
 * the only one.
 */
export function pickPipeline(module: Module, file: string, name: string | undefined): AnyFn {
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
  const [first] = new Set(found.map(([, fn]) => fn))
  const only = isFn(module.default) ? module.default : first
  if (only && (isFn(module.default) || found.every(([, fn]) => fn === only))) return only
  throw new CliError(
    `${file} exports ${found.length} pipelines, and none as default: ${names}. Choose one: --export ${found.at(-1)?.[0]}.`,
  )
}

export const isFn = (value: unknown): value is AnyFn => {
  const { kind, stream, start } = Object(value) as { kind?: unknown; stream?: unknown; start?: unknown }
  return typeof kind === 'string' && typeof stream === 'function' && typeof start === 'function'
}

/** One function of a pipeline. */
export type Part = {
  kind: string
  /** What it takes: its own schema, or that of the first function below. */
  schema?: StandardSchema | undefined
}

/** The functions of a pipeline, itself first. A pipeline of another copy of tinyllm keeps them to itself. */
export function partsOf(pipeline: AnyFn): Part[] {
  const node = (pipeline as unknown as Partial<HasNode>)[NODE]
  return node ? walk(node) : [{ kind: pipeline.kind }]
}

function walk(node: Node): Part[] {
  const below = (node.children ?? []).map(({ fn }) => walk(fn[NODE]))
  // The first child of these gets the very input; elsewhere a mapper may stand between.
  const first = ['chain', 'decision', 'fallback', 'loop'].includes(node.kind) ? below[0]?.[0]?.schema : undefined
  return [{ kind: node.kind, schema: node.input ?? first }, ...below.flat()]
}
