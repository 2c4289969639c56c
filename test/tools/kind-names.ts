import ts from 'typescript5'
import type { Sources } from './floors.ts'

/** A short name for display is no decision: a kind that is not in the table is shown by its own name. */
const displayNames = 'src/observe/inspector/layout/labels.ts'
/** Lists of `typeof` and of roles share a word with kinds; two names of kinds in one list are no coincidence. */
const MIN_NAMES = 2
/** A text shorter than this may be in the name of a kind by coincidence. */
const MIN_LENGTH = 3

/**
 * A node says what tools have to know of it (`dataFlow`, `layout`, `facts`), so that a new kind is one file: no source
 * compares the kind of a node with a name, or lists names of kinds.
 */
export function checkKinds(sources: Sources): string[] {
  const trees = Object.entries(sources).map(([file, source]) => [file, parse(file, source)] as const)
  const kinds = new Set(trees.flatMap(([file, tree]) => (/^src\/(nodes|adapters)\//.test(file) ? namedIn(tree) : [])))
  const tables = new Set(trees.flatMap(([, tree]) => tablesIn(tree, kinds)))
  return trees.flatMap(([file, tree]) => (file === displayNames ? [] : comparisonsIn(file, tree, kinds, tables)))
}

const parse = (file: string, source: string) =>
  ts.createSourceFile(
    file,
    source,
    ts.ScriptTarget.Latest,
    true,
    file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  )

/** The kinds that a file defines: `kind: 'map'`, `leaf('llmCall', …)`. */
function namedIn(tree: ts.SourceFile): string[] {
  return nodesIn(tree).flatMap((node) => {
    if (ts.isPropertyAssignment(node) && nameOf(node.name) === 'kind') return textsOf(node.initializer)
    return ts.isCallExpression(node) && nameOf(node.expression) === 'leaf' ? textsOf(node.arguments[0]) : []
  })
}

/** The variables that hold a list or a table with the name of a kind. */
function tablesIn(tree: ts.SourceFile, kinds: ReadonlySet<string>): string[] {
  return nodesIn(tree).flatMap((node) => {
    if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || !node.initializer) return []
    return entriesOf(node.initializer).some((name) => kinds.has(name)) ? [node.name.text] : []
  })
}

function comparisonsIn(
  file: string,
  tree: ts.SourceFile,
  kinds: ReadonlySet<string>,
  tables: ReadonlySet<string>,
): string[] {
  const nodes = nodesIn(tree)
  const aliases = aliasesIn(nodes)
  const isKind = (node: ts.Node | undefined): boolean => isNamedKind(node, aliases)
  const isTable = (node: ts.Node): boolean =>
    tables.has(nameOf(node) ?? '') || entriesOf(node).some((name) => kinds.has(name))
  const isNamed = (node: ts.Node | undefined): boolean => textsOf(node).some((text) => kinds.has(text))
  const isPartOfName = (node: ts.Node | undefined): boolean =>
    textsOf(node).some((text) => text.length >= MIN_LENGTH && [...kinds].some((kind) => kind.includes(text)))

  const isComparison = (node: ts.Node): boolean => {
    if (ts.isBinaryExpression(node)) {
      const { left, right, operatorToken } = node
      if (operatorToken.kind === ts.SyntaxKind.InKeyword) return isKind(left) && isTable(right)
      return equality.has(operatorToken.kind) && ((isKind(left) && isNamed(right)) || (isKind(right) && isNamed(left)))
    }
    if (ts.isSwitchStatement(node))
      return (
        isKind(node.expression) &&
        node.caseBlock.clauses.some((clause) => ts.isCaseClause(clause) && isNamed(clause.expression))
      )
    if (ts.isElementAccessExpression(node)) return isKind(node.argumentExpression) && isTable(node.expression)
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false
    const { expression: callee, name } = node.expression
    const [first, second] = node.arguments
    if (isKind(first)) return isTable(callee) || matchesKind(callee, kinds)
    if (isKind(second)) return first !== undefined && isTable(first)
    return isKind(callee) && textMethods.has(name.text) && (isPartOfName(first) || matchesKind(first, kinds))
  }
  const isList = (node: ts.Node): boolean =>
    ts.isArrayLiteralExpression(node) && entriesOf(node).filter((name) => kinds.has(name)).length >= MIN_NAMES

  const lines = nodes
    .filter((node) => isComparison(node) || isList(node))
    .map((node) => tree.getLineAndCharacterOfPosition(node.getStart()).line + 1)
  return [...new Set(lines)].map(
    (line) =>
      `${file}:${line} compares a kind with a name. Let the node say it: dataFlow, layout or facts in src/compile/node.ts.`,
  )
}

const equality = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
])
const textMethods = new Set(['startsWith', 'endsWith', 'includes', 'indexOf', 'match', 'search'])

/** Itself and everything below. */
function nodesIn(root: ts.Node): ts.Node[] {
  const found: ts.Node[] = []
  const visit = (node: ts.Node): void => {
    found.push(node)
    ts.forEachChild(node, visit)
  }
  visit(root)
  return found
}

/** Other names of a kind: `const { kind: what } = node`, `const what = node.kind`. */
const aliasesIn = (nodes: readonly ts.Node[]): Set<string> =>
  new Set(
    nodes.flatMap((node) => {
      if (ts.isBindingElement(node) && node.propertyName && nameOf(node.propertyName) === 'kind')
        return ts.isIdentifier(node.name) ? [node.name.text] : []
      if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name)) return []
      return node.initializer && isNamedKind(node.initializer, new Set()) ? [node.name.text] : []
    }),
  )

/** `kind`, `node.kind`, `node['kind']`, `kindOf(node)`, `String(node.kind)`, `node.kind ?? ''`, in brackets or cast. */
function isNamedKind(node: ts.Node | undefined, aliases: ReadonlySet<string>): boolean {
  if (!node) return false
  const bare = plain(node)
  if (ts.isBinaryExpression(bare))
    return bare.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken && isNamedKind(bare.left, aliases)
  if (ts.isTemplateExpression(bare)) return bare.templateSpans.some((span) => isNamedKind(span.expression, aliases))
  if (ts.isElementAccessExpression(bare)) return textsOf(bare.argumentExpression).includes('kind')
  if (ts.isCallExpression(bare))
    return nameOf(bare.expression) === 'String'
      ? isNamedKind(bare.arguments[0], aliases)
      : isNamedKind(bare.expression, aliases)
  const name = nameOf(bare)
  return name !== undefined && (/^kind|kind$/i.test(name) || (ts.isIdentifier(bare) && aliases.has(name)))
}

/** Without brackets, casts and `!`. */
const plain = (node: ts.Node): ts.Node =>
  ts.isParenthesizedExpression(node) ||
  ts.isAsExpression(node) ||
  ts.isSatisfiesExpression(node) ||
  ts.isNonNullExpression(node)
    ? plain(node.expression)
    : node

const nameOf = (node: ts.Node): string | undefined => {
  const bare = plain(node)
  if (ts.isPropertyAccessExpression(bare)) return bare.name.text
  return ts.isIdentifier(bare) || ts.isStringLiteralLike(bare) ? bare.text : undefined
}

const textsOf = (node: ts.Node | undefined): string[] => {
  const bare = node && plain(node)
  return bare && ts.isStringLiteralLike(bare) ? [bare.text] : []
}

/** The texts in a list, a `Set` or a `Map`, and the keys of a table. */
function entriesOf(node: ts.Node): string[] {
  const bare = plain(node)
  if (ts.isNewExpression(bare)) return (bare.arguments ?? []).flatMap(entriesOf)
  if (ts.isArrayLiteralExpression(bare))
    return bare.elements.flatMap((element) =>
      ts.isArrayLiteralExpression(element) ? textsOf(element.elements[0]) : textsOf(element),
    )
  if (!ts.isObjectLiteralExpression(bare)) return []
  return bare.properties.flatMap(({ name }) => (name ? (nameOf(name) ?? []) : []))
}

/** A regular expression that finds the name of a kind, or a part of one. */
function matchesKind(node: ts.Node | undefined, kinds: ReadonlySet<string>): boolean {
  if (!node || !ts.isRegularExpressionLiteral(node)) return false
  const end = node.text.lastIndexOf('/')
  const expression = new RegExp(node.text.slice(1, end), node.text.slice(end + 1).replaceAll(/[gy]/g, ''))
  return [...kinds].some((kind) => (expression.exec(kind)?.[0].length ?? 0) >= MIN_LENGTH)
}
