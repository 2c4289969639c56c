import ts from 'typescript5'
import type { Sources } from './floors.ts'

const maxLines = 250

const topLevel = new Set(
  'package.json package-lock.json tsconfig.json README.md LICENSE src machines test examples'.split(' '),
)

/** Each file is short enough to read at one sitting. */
export function checkLength(sources: Sources): string[] {
  return Object.entries(sources).flatMap(([file, source]) => {
    const lines = source.split('\n').filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line)).length
    return lines > maxLines ? [`${file} has ${lines} lines of code: divide it (the limit is ${maxLines}).`] : []
  })
}

/** A path such as the home folder of whoever wrote a file means nothing to anybody else. */
export function checkPaths(sources: Sources): string[] {
  return Object.entries(sources).flatMap(([file, source]) =>
    source.split('\n').flatMap((line, index) => {
      const path = /(?<![\w.-])\/(?:work|home|root)\//.exec(line)
      return path ? [`${file}:${index + 1} names ${path[0]}, a path of somebody's machine.`] : []
    }),
  )
}

/** For `toMatchObject` a bare pattern is an object without keys, which everything matches: such an assertion never fails. */
export function checkPatterns(sources: Sources): string[] {
  return Object.entries(sources).flatMap(([file, source]) => {
    const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
    const found: string[] = []
    const report = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) return
      if (ts.isRegularExpressionLiteral(node)) {
        const { line } = tree.getLineAndCharacterOfPosition(node.getStart())
        found.push(`${file}:${line + 1} matches anything. Write expect.stringMatching(${node.text}).`)
      }
      ts.forEachChild(node, report)
    }
    const visit = (node: ts.Node): void => {
      const callee = ts.isCallExpression(node) ? node.expression : undefined
      if (ts.isCallExpression(node) && callee && ts.isPropertyAccessExpression(callee)) {
        if (callee.name.text === 'toMatchObject') node.arguments.forEach(report)
      }
      ts.forEachChild(node, visit)
    }
    visit(tree)
    return found
  })
}

/**
 * What XState keeps to itself may change with any version: one file of src names its members that begin with `_`.
 * zod's `_zod` is another library's, and a name in a parameter list that is not used is nobody's.
 */
export function checkInternals(sources: Sources): string[] {
  return Object.entries(sources).flatMap(([file, source]) => {
    if (file === 'src/engine/internals.ts') return []
    const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
    const found: string[] = []
    const visit = (node: ts.Node): void => {
      const name = memberName(node)
      if (name && /^_[a-zA-Z]/.test(name.text) && !notXState.has(name.text)) {
        const { line } = tree.getLineAndCharacterOfPosition(name.getStart())
        found.push(
          `${file}:${line + 1} names ${name.text}. Use XState's public API, or add it to src/engine/internals.ts.`,
        )
      }
      ts.forEachChild(node, visit)
    }
    visit(tree)
    return found
  })
}

/** Members of others: zod's, those of the wire of `@xstate/inspect`, and of the Model Context Protocol. */
const notXState = new Set(['_zod', '_event', '_sessionid', '_meta'])

/** The name of a member where one is read, written, destructured or declared. */
function memberName(node: ts.Node): { text: string; getStart(): number } | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name
  if (ts.isElementAccessExpression(node)) return textual(node.argumentExpression)
  if (ts.isBindingElement(node)) return node.propertyName ? textual(node.propertyName) : ofObject(node)
  if (ts.isClassElement(node) || ts.isTypeElement(node) || ts.isObjectLiteralElementLike(node))
    return textual(node.name)
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword) return textual(node.left)
  return undefined
}

const textual = (node: ts.Node | undefined) =>
  node && (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) ? node : undefined
const ofObject = ({ parent, name }: ts.BindingElement) =>
  ts.isObjectBindingPattern(parent) ? textual(name) : undefined

/** Who opens the repository sees what it is about, and nothing else. Configuration is in dotfiles or in test. */
export function checkTopLevel(files: readonly string[]): string[] {
  const entries = new Set(files.map((file) => file.split('/')[0]!))
  return [...entries]
    .filter((entry) => !entry.startsWith('.') && !topLevel.has(entry))
    .map(
      (entry) => `${entry} is new at the top level. Put it into src, machines, test or examples, or make it a dotfile.`,
    )
}

/** These rooms of src still export names that another file exports, too. */
export const roomsWithDoubles: readonly string[] = []
/** The class and the interface of the error: `types` may import no class. */
const sharedNames = new Set(['PipelineError'])

/** One word, one meaning: an exported name is defined in one file. Names in rooms that are listed are not looked at. */
export function checkExportedNames(sources: Sources, rooms: readonly string[] = []): string[] {
  const files = new Map<string, string[]>()
  for (const [file, source] of Object.entries(sources)) {
    if (rooms.some((room) => file.startsWith(`src/${room}/`))) continue
    for (const name of exportedNames(file, source)) files.set(name, [...(files.get(name) ?? []), file])
  }
  return [...files]
    .filter(([name, all]) => all.length > 1 && !sharedNames.has(name))
    .map(([name, all]) => `${name} is exported by ${all.join(' and ')}. Rename one, or share it.`)
}

/** The names that a file defines and exports, each once; not those that it exports from another file. */
function exportedNames(file: string, source: string): Set<string> {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const names = new Set<string>()
  for (const statement of tree.statements) {
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined
    if (!modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) continue
    const declarations = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement]
    for (const declaration of declarations) {
      const { name } = declaration as ts.NamedDeclaration
      if (name && ts.isIdentifier(name)) names.add(name.text)
    }
  }
  return names
}
