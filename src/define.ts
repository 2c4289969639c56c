import { checkNode } from './compile/check.ts'
import { setDepth } from './compile/depth.ts'
import { compile } from './compile/machine.ts'
import { contextIn } from './compile/context.ts'
import {
  BELOW,
  type Below,
  type Create,
  type ToolGate,
  type HasNode,
  namesOf,
  NODE,
  type Node,
  type NodeChild,
  type Scope,
} from './compile/scope.ts'
import { parentOf } from './border/actors.ts'
import { PipelineMachine } from './engine/machine.ts'
import { createRun, startRun } from './run/prepare.ts'
import { NestedRunCheck } from './run/nested-run-check.ts'
import { logBelow } from './run/logging.ts'
import { run, safeRun } from './run/run.ts'
import { stream } from './run/stream.ts'
import { warnOfUnsupported } from './run/unsupported.ts'
import { guardActor } from './run/guard-actor.ts'
import type { AnyFn, RunOptions } from './types.ts'
import { formatValue } from './border/format-value.ts'

/** Creates the `Fn` of a node: the one place that joins compile, engine and run. */
export function define(node: Node): HasNode {
  checkNode(node)
  const inside = new NestedRunCheck(node.name)
  let built: Compilation | undefined
  const compiled = (): Compilation => (built ??= build(fn))
  const self = {
    ...node.exposes,
    name: node.name,
    kind: node.kind,
    get machine() {
      return compiled().machine
    },
    run: (input: unknown, options?: RunOptions) => {
      // `fn({ run: other.run })`: the second argument is the context of the leaf that runs it.
      const ctx = contextIn(options)
      if (ctx) return ctx.run(fn as unknown as AnyFn, input)
      inside.check('run')
      return run(compiled, input, options)
    },
    safeRun: (input: unknown, options?: RunOptions) => {
      inside.check('safeRun')
      return safeRun(compiled, input, options)
    },
    stream: (input: unknown, options?: RunOptions) => {
      inside.check('stream')
      return stream(compiled(), input, options)
    },
    start: (input: unknown, options?: RunOptions) => {
      inside.check('start')
      return guardActor(startRun(createRun(compiled(), input, options), options))
    },
    override: (target: object | string, implementation: unknown) =>
      define(override(node, compiled().paths, target, implementation)),
    as: (name: string) => define({ ...node, name, names: [name, ...namesOf(node)] }),
  }
  // Not enumerable, so that they do not show in a log or an equality check.
  Object.defineProperties(self, {
    [NODE]: { value: node },
    [BELOW]: { value: (path: string) => compileChildRun(path, fn) },
  })
  const fn = Object.freeze(self) as object as HasNode
  return fn
}

type Compilation = ReturnType<typeof build>

function build(fn: HasNode) {
  const { config, implementations, paths, verbose } = compile(fn)
  const machine = new PipelineMachine(config, implementations)
  warnOfUnsupported()
  setDepth(machine, fn)
  return { machine, paths, verbose }
}

/** A child that runs as an actor of its own: its machine, and the function with which a pool creates an actor of it. */
export function compileItem(
  scope: Scope,
  child: NodeChild,
  gate?: (scope: Scope) => ToolGate,
): { machine: PipelineMachine; create: Create } {
  const { config, implementations } = compile(child.fn, scope.beside(child, gate))
  const machine = new PipelineMachine(config, implementations)
  return { machine, create: (birth) => machine.createChild(birth) }
}

/** By function and path. Each further call in a leaf has another path, so the oldest entries are removed. */
const childRuns = new WeakMap<HasNode, Map<string, Below>>()
const MAX_CHILD_RUNS = 64

/** Compiles a function at a path below a leaf. */
function compileChildRun(path: string, fn: HasNode): Below {
  const known = childRuns.get(fn) ?? new Map<string, Below>()
  const found = known.get(path)
  if (found) return found
  const { config, implementations, verbose, waiting } = compile(fn, { path, id: fn[NODE].name, name: fn[NODE].name })
  const machine = new PipelineMachine(config, implementations)
  const create: Create = (birth) => {
    const { parent } = birth
    logBelow(parent, path, verbose)
    const { logic } = parentOf(parent) as unknown as { logic: Partial<PipelineMachine> }
    return (logic.isStock ? machine.stock : machine).createChild(birth)
  }
  const made: Below = { create, waits: [...waiting][0] }
  for (const [oldest] of known) if (known.size >= MAX_CHILD_RUNS) known.delete(oldest)
  childRuns.set(fn, known.set(path, made))
  return made
}

/** The same node with one function replaced wherever it stands; paths are kept relative, so that `as` can rename. */
function override(
  node: Node,
  paths: ReadonlyMap<string, object>,
  target: object | string,
  implementation: unknown,
): Node {
  const found = [...paths].filter(([path, fn]) => path === target || fn === target)
  if (found.length === 0) {
    const wanted =
      typeof target === 'string' ? target : ((Object(target) as Partial<AnyFn>).name ?? formatValue(target))
    throw new TypeError(`${node.name} has no function ${wanted} to override. It has: ${[...paths.keys()].join(', ')}.`)
  }
  const isFn = NODE in Object(implementation)
  for (const [path, fn] of found) {
    if (isFn || (typeof implementation === 'function' && (fn as HasNode)[NODE].swap)) continue
    throw new TypeError(
      `${path} cannot be overridden with ${formatValue(implementation)}${typeof implementation === 'function' ? `, which replaces only a leaf: ${path} is a ${(fn as HasNode)[NODE].kind}` : ''}. Give fn({ … }) or the result of another factory.`,
    )
  }
  const changed = found.map(([path]) => [path.slice(node.name.length), implementation] as const)
  return { ...node, overrides: new Map([...(node.overrides ?? []), ...changed]) }
}
