import { checkNode } from './compile/check.ts'
import { asDeepAs } from './compile/depth.ts'
import { compile } from './compile/machine.ts'
import type { PoolOptions } from './compile/pool.ts'
import { type HasNode, namesOf, NODE, type Node, type NodeChild, type Scope } from './compile/scope.ts'
import { LightActor } from './engine/light-actor.ts'
import { PipelineMachine } from './engine/machine.ts'
import { begin, prepare } from './run/prepare.ts'
import { run, safeRun } from './run/run.ts'
import { stream } from './run/stream.ts'
import { watched } from './run/watched.ts'
import type { AnyFn, RunOptions } from './types.ts'

/** A function as an object: a node joined with what compiles and runs it. The one place where these meet. */
export function define(node: Node): HasNode {
  checkNode(node)
  let built: Built | undefined
  const compiled = (): Built => (built ??= build(fn))
  const self = {
    ...node.exposes,
    name: node.name,
    kind: node.kind,
    get machine() {
      return compiled().machine
    },
    run: (input: unknown, options?: RunOptions) => run(compiled, input, options),
    safeRun: (input: unknown, options?: RunOptions) => safeRun(compiled, input, options),
    stream: (input: unknown, options?: RunOptions) => stream(compiled(), input, options),
    start: (input: unknown, options?: RunOptions) => watched(begin(prepare(compiled(), input, options), options)),
    override: (target: object | string, implementation: unknown) =>
      define(override(node, compiled().paths, target, implementation)),
    as: (name: string) => define({ ...node, name, names: [name, ...namesOf(node)] }),
  }
  // The node rides along without showing in a log or an equality check.
  const fn: HasNode = Object.freeze(Object.defineProperty(self, NODE, { value: node })) as object as HasNode
  return fn
}

type Built = ReturnType<typeof build>

function build(fn: HasNode) {
  const { config, implementations, paths, verbose } = compile(fn)
  const machine = new PipelineMachine(config, implementations)
  asDeepAs(machine, fn)
  return { machine, paths, verbose }
}

/** A child that runs as an actor of its own: its machine, and how a pool makes an actor for an item. */
export function itemOf(scope: Scope, child: NodeChild): Pick<PoolOptions, 'machine' | 'create'> {
  const { config, implementations } = compile(child.fn, scope.beside(child))
  const machine = new PipelineMachine(config, implementations)
  return { machine, create: ({ id, parent, input }) => LightActor.of(machine, { id, src: machine, parent, input }) }
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
    const wanted = typeof target === 'string' ? target : ((target as Partial<AnyFn>).name ?? 'like that')
    throw new TypeError(`${node.name} has no function ${wanted} to override. It has: ${[...paths.keys()].join(', ')}.`)
  }
  const isFn = NODE in Object(implementation)
  for (const [path, fn] of found) {
    if (isFn || (typeof implementation === 'function' && (fn as HasNode)[NODE].swap)) continue
    throw new TypeError(
      `${path} cannot be overridden with that: ${typeof implementation === 'function' ? `a plain function replaces only a leaf, and it is a ${(fn as HasNode)[NODE].kind}` : 'give a function'}. Use fn({ … }) or another factory.`,
    )
  }
  const changed = found.map(([path]) => [path.slice(node.name.length), implementation] as const)
  return { ...node, overrides: new Map([...(node.overrides ?? []), ...changed]) }
}
