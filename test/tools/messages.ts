import ts from 'typescript5'
import type { Sources } from './floors.ts'

/** Properties, and parameters of errors, whose texts are read by a person however short they are. */
const messageKeys = new Set(['message', 'remedy', 'reason', 'hint', 'note', 'title', 'placeholder', 'description'])
/** Calls that write for a person: `logger.warn(…)`, `console.error(…)`, `process.stderr.write(…)`. */
const writers = new Set(['debug', 'info', 'warn', 'error', 'log', 'write', 'writeLine'])
const joins = new Set([
  ts.SyntaxKind.PlusToken,
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.AmpersandAmpersandToken,
])
/** Attributes of the page that hold identifiers. */
const identifiers = new Set(['class', 'className', 'd', 'id', 'key', 'points', 'style', 'transform', 'viewBox'])

/** Every text of a file that a person may read, in order of the texts: `Give ${words}, or leave it out.` */
export function messagesIn(file: string, source: string): string[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const found = new Set<string>()
  visit(tree, false)
  return [...found].toSorted()

  function visit(node: ts.Node, isMessage: boolean): void {
    if (isOther(node)) return
    const text = textOf(node)
    // One word is an identifier, unless it stands where a message does.
    const isText = text !== undefined && (isMessage ? /\p{L}/u : /\p{L}\S* +\S*\p{L}/u).test(text)
    if (isText) found.add(text)
    for (const child of childrenOf(node)) visit(child, isText || isMessageIn(node, child, isMessage))
  }
}

/** The children of a node; of a text that is put together, the expressions in it that are no texts themselves. */
function childrenOf(node: ts.Node): ts.Node[] {
  if (ts.isTemplateExpression(node)) return node.templateSpans.map(({ expression }) => expression)
  if (textOf(node) !== undefined && ts.isBinaryExpression(node))
    return [node.left, node.right].flatMap((side) => (textOf(side) === undefined ? [side] : childrenOf(side)))
  const children: ts.Node[] = []
  ts.forEachChild(node, (child) => void children.push(child))
  return children
}

/** The messages of all files, as one page: each file with its messages below it. */
export function listMessages(sources: Sources): string {
  return Object.entries(sources)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, source]) => [file, messagesIn(file, source)] as const)
    .filter(([, messages]) => messages.length > 0)
    .map(
      ([file, messages]) =>
        `${[file, ...messages.map((text) => `  ${JSON.stringify(text).slice(1, -1)}`)].join('\n')}\n`,
    )
    .join('\n')
}

/** Sentences in a file that `messagesIn` does not see, by line: what begins like one, has three words and a full stop. */
export function missedSentences(file: string, source: string): string[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const seen = new Set(messagesIn(file, source).flatMap((message) => [message, ...message.split(/\$\{[^}]*\}/)]))
  const missed: string[] = []
  const visit = (node: ts.Node): void => {
    const text = textOf(node)
    if (text !== undefined && /^(\p{Lu}|\$\{)\S*( \S+){2,}\.$/u.test(text) && !seen.has(text)) {
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart())
      missed.push(`${file}:${line + 1}: "${text}" is not in the list of messages.`)
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return missed
}

/** The text of a literal, a template, a chain of `+` with a text in it, or the children of an element of the page. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isJsxText(node)) return node.text.replaceAll(/\s+/g, ' ').trim()
  if (ts.isTemplateExpression(node))
    return (
      node.head.text +
      node.templateSpans.map(({ expression, literal }) => placeholder(expression) + literal.text).join('')
    )
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined
  const [left, right] = [textOf(node.left), textOf(node.right)]
  if (left === undefined && right === undefined) return undefined
  return (left ?? placeholder(node.left)) + (right ?? placeholder(node.right))
}

const placeholder = (node: ts.Expression): string =>
  ts.isIdentifier(node) || ts.isPropertyAccessExpression(node) ? `\${${node.getText()}}` : '${…}'

/** Whether a child of a node stands where a message does. */
function isMessageIn(node: ts.Node, child: ts.Node, isMessage: boolean): boolean {
  if (ts.isNewExpression(node)) return child !== node.expression && node.expression.getText().endsWith('Error')
  if (ts.isCallExpression(node)) {
    if (child === node.expression) return false
    const { expression } = node
    if (expression.kind === ts.SyntaxKind.SuperKeyword) return isInError(node)
    return ts.isPropertyAccessExpression(expression) && writers.has(expression.name.text)
  }
  if (ts.isObjectLiteralExpression(node)) return false
  if (ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node) || ts.isVariableDeclaration(node))
    return child === node.initializer && messageKeys.has(node.name.getText())
  if (ts.isJsxAttribute(node)) return messageKeys.has(node.name.getText())
  if (ts.isConditionalExpression(node)) return isMessage && child !== node.condition
  if (ts.isBinaryExpression(node)) return isMessage && joins.has(node.operatorToken.kind)
  return isMessage && (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isJsxExpression(node))
}

function isInError(node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at; at = at.parent) {
    if (ts.isClassLike(at)) return /Error\b/.test(at.heritageClauses?.map((clause) => clause.getText()).join(' ') ?? '')
  }
  return false
}

/** What no person reads: types, imports, patterns, lists of words that code divides, classes and shapes of the page. */
function isOther(node: ts.Node): boolean {
  if (ts.isTaggedTemplateExpression(node)) return node.tag.getText() === 'String.raw'
  if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return true
  if (ts.isJsxAttribute(node)) return identifiers.has(node.name.getText())
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false
  const { name, expression } = node.expression
  return name.text === 'split' && ts.isStringLiteralLike(expression)
}
