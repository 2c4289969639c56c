import ts from 'typescript5'
import { expect, test } from 'vitest'
import { read, repositoryFiles } from './tools/repository.ts'

/** Words that a reader of a message or of README has to translate, and the plain ones for them. */
const banned: readonly (readonly [RegExp, plain: string])[] = [
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/\bfor ever\b/i, 'forever'],
  [/\banew\b/i, 'again, or new'],
  [/\bgives\b|\bgave\b/i, 'returns'],
  [/\brefus(e|es|ed|ing)\b/i, 'rejects'],
  [/\bnobody\b/i, 'nothing, no one'],
  [/\bcan never be met\b/i, 'cannot be satisfied'],
  [/\bis over\b/i, 'has ended'],
  [/\bof ours\b/i, 'of tinyllm'],
  [/\bnone of (the|its) choices\b|\bthat (is|are) none\b/i, 'not one of'],
  [/(?<!\bthere )\b(is|are) no (?!longer\b)/i, 'is not a'],
]
/** What a person may say to the demonstration, and what providers call a refusal. */
const allowed: readonly (readonly [file: RegExp, text: RegExp])[] = [
  [/^src\/cli\/offline\//, /./],
  [/^src\/models\/failure\/model-error\.ts$/, /the model refused to answer/],
]

/** The texts of a module in which there is more than one word: what identifies something is not read. */
function textsOf(file: string): string[] {
  const texts: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text)
    if (ts.isTemplateExpression(node))
      texts.push([node.head, ...node.templateSpans.map(({ literal }) => literal)].map(({ text }) => text).join('…'))
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true))
  return texts.filter((text) => text.includes(' '))
}

const withoutCode = (markdown: string): string => markdown.replaceAll(/```[^]*?```|`[^`\n]*`/g, '`…`')

const quaint = (file: string, texts: readonly string[]): string[] =>
  texts.flatMap((text) =>
    banned
      .filter(([word]) => word.test(text) && !allowed.some(([where, what]) => where.test(file) && what.test(text)))
      .map(([word, plain]) => `${file}: "${word.exec(text)?.[0]}" (plain: ${plain}) in ${text.slice(0, 200)}`),
  )

test('messages are in plain technical English', () => {
  const files = repositoryFiles().filter((file) => /^(src|machines|examples)\/.*\.tsx?$/.test(file))
  expect(files.length).toBeGreaterThan(100)
  expect(files.flatMap((file) => quaint(file, textsOf(file)))).toEqual([])
})

test('so is README', () => {
  expect(quaint('README.md', withoutCode(read('README.md')).split('\n'))).toEqual([])
})
