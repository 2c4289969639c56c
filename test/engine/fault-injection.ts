import type * as configuration from '../../src/engine/configuration.ts'
import type * as effects from '../../src/engine/effects.ts'
import type * as plan from '../../src/engine/plan.ts'
import type * as report from '../../src/engine/report.ts'
import type * as restore from '../../src/engine/restore.ts'
import type * as select from '../../src/engine/select.ts'
import type * as snapshot from '../../src/engine/snapshot.ts'

/** What the modules of the engine export for each other: the seams at which a fault is injected. */
export type Seams = typeof configuration &
  typeof effects &
  typeof plan &
  typeof report &
  typeof restore &
  typeof select &
  typeof snapshot

type Name<Kind> = { [K in keyof Seams]: Seams[K] extends Kind ? K : never }[keyof Seams]
type AnyFunction = (...args: any) => any
type Constructor = abstract new (...args: any) => object
/** Makes an engine wrong: it replaces functions, constructors and methods of its modules. */
export type Fault = (injection: Injection) => void

const actual = new Map<string, AnyFunction>()
const functions = new Map<string, AnyFunction>()
const constructors = new Map<string, (make: AnyFunction, args: any[]) => object>()

/** The exports of a module of the engine, each as it is until a fault replaces it. For the factory of `vi.mock`. */
export function replaceable<Module extends object>(module: Module): Module {
  return Object.fromEntries(
    Object.entries(module).map(([name, value]) => [name, typeof value === 'function' ? seam(name, value) : value]),
  ) as Module
}

function seam(name: string, value: AnyFunction): AnyFunction {
  if (/^class\b/.test(Function.prototype.toString.call(value))) {
    return new Proxy(value, {
      construct(target, args) {
        const make = (...given: unknown[]): object => Reflect.construct(target, given) as object
        const faulty = constructors.get(name)
        return faulty ? faulty(make, args) : make(...(args as unknown[]))
      },
    })
  }
  actual.set(name, value)
  return (...args: unknown[]) => (functions.get(name) ?? value)(...args) as unknown
}

export class Injection {
  readonly #undo: (() => void)[] = []

  /** Replaces an exported function; the other modules call the new one. */
  replace<K extends Name<AnyFunction>>(name: K, change: (actual: Seams[K]) => Seams[K]): void {
    const before = actual.get(name)
    if (!before) throw new Error(`The engine exports no function ${name}.`)
    functions.set(name, change(before as Seams[K]) as AnyFunction)
    this.#undo.push(() => functions.delete(name))
  }

  /** Replaces what `new` makes of an exported class. */
  construct<K extends Name<Constructor>, Args extends any[] = ConstructorParameters<Extract<Seams[K], Constructor>>>(
    name: K,
    change: (make: (...args: Args) => InstanceType<Extract<Seams[K], Constructor>>, args: Args) => object,
  ): void {
    constructors.set(name, change as never)
    this.#undo.push(() => constructors.delete(name))
  }

  /** Replaces a method. */
  override<T extends object, K extends keyof T & string>(target: T, name: K, change: (actual: T[K]) => T[K]): void {
    this.#define(target, name, { value: change(target[name]), writable: true })
  }

  /** Replaces what a getter returns. */
  overrideGetter<T extends object, K extends keyof T & string>(target: T, name: K, value: T[K]): void {
    this.#define(target, name, { get: () => value })
  }

  #define(target: object, name: string, property: PropertyDescriptor): void {
    if (!(name in target)) throw new Error(`The engine has no ${name} to override.`)
    const own = Object.getOwnPropertyDescriptor(target, name)
    Object.defineProperty(target, name, { ...property, configurable: true })
    this.#undo.push(() => {
      if (own) Object.defineProperty(target, name, own)
      else Reflect.deleteProperty(target, name)
    })
  }

  undo(): void {
    while (this.#undo.length > 0) this.#undo.pop()?.()
  }
}

/** What `act` comes to while the engine has this fault. */
export async function withFault<T>(fault: Fault, act: () => Promise<T>): Promise<T> {
  const injection = new Injection()
  try {
    fault(injection)
    return await act()
  } finally {
    injection.undo()
  }
}
