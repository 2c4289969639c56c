import { posix } from 'node:path'
import ts from 'typescript5'

export interface Import {
  /** The imported file, from the root of the repository, or the package's specifier. */
  readonly to: string
  readonly local: boolean
  /** Left in the JavaScript: neither `import type` nor a type written as `import('…').Name`. */
  readonly runtime: boolean
  readonly line: number
}

/** Everything that a source file imports or re-exports, lazily or as a type too. */
export function importsOf(file: string, source: string): Import[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const found: Import[] = []
  visit(tree)
  return found

  function visit(node: ts.Node): void {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, !node.importClause?.isTypeOnly)
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, !node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, false)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], true)
    ts.forEachChild(node, visit)
  }

  function add(specifier: ts.Expression | undefined, runtime: boolean): void {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return
    const local = specifier.text.startsWith('.')
    const to = local ? posix.join(posix.dirname(file), specifier.text) : specifier.text
    found.push({ to, local, runtime, line: tree.getLineAndCharacterOfPosition(specifier.getStart()).line + 1 })
  }
}
