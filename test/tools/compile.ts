import { execFile } from 'node:child_process'
import { root } from './repository.ts'

/** The compilers that users have: the newest one, and the last one written in TypeScript. */
export const compilers = {
  '5': `${root}node_modules/typescript5/bin/tsc`,
  '7': `${root}node_modules/typescript/bin/tsc`,
} as const

export type Compiler = keyof typeof compilers

/** The oldest one that users have. It is installed in test/compilers only. */
const oldest = { '5.4': `${root}test/compilers/node_modules/typescript/bin/tsc` } as const

export interface Diagnostic {
  /** Relative to the folder that was compiled in. */
  readonly file: string
  readonly line: number
  readonly column: number
  /** `TS2322: Type 'string' is …`, with its further lines. */
  readonly message: string
}

/** Runs the `tsc` of a version in `cwd`; resolves to what it reported. */
export async function compile(
  compiler: Compiler | keyof typeof oldest,
  cwd: string,
  args: readonly string[],
): Promise<Diagnostic[]> {
  const command = [{ ...compilers, ...oldest }[compiler], ...args, '--pretty', 'false']
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, command, { cwd, maxBuffer: 2 ** 26 }, (_, stdout, stderr) => resolve(stdout + stderr))
  })
  return parse(output)
}

/** A line that starts no diagnostic goes on with the one before; what is about no file is kept as it is. */
function parse(output: string): Diagnostic[] {
  const found: Diagnostic[] = []
  for (const line of output.split('\n').filter((text) => text.trim() !== '')) {
    const start = /^(\S.*?)\((\d+),(\d+)\): error (TS\d+: .*)$/.exec(line)
    const last = found.at(-1)
    if (start) found.push({ file: start[1]!, line: Number(start[2]), column: Number(start[3]), message: start[4]! })
    else if (last && line.startsWith(' ')) found[found.length - 1] = { ...last, message: `${last.message}\n${line}` }
    else found.push({ file: '', line: 0, column: 0, message: line })
  }
  return found
}
