import ts from 'typescript5'
import { expect, test } from 'vitest'
import { messagesIn } from './tools/messages.ts'
import { read, repositoryFiles } from './tools/repository.ts'

type Words = readonly (readonly [RegExp, plain: string])[]

/** Words that a reader of a message or of README has to translate, and the plain ones for them. */
const banned: Words = [
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
  [/(?<!\bthere )\b(is|are) no (?!longer\b|more\b)/i, 'is not a'],
]
/** The same for messages and docstrings. */
const bannedInDocs: Words = [
  ...banned,
  [/\b(any|every|some)body\b/i, 'the caller, the user'],
  [/\bwho(so)?ever\b/i, 'the caller, the user'],
  [/\bwhatever\b/i, 'any'],
  [/\btold\b|\btells\b/i, 'reports, is passed'],
  [/\bheeds?\b/i, 'respects'],
  [/\bas good as\b/i, 'the same as'],
]

/** What a person may say to the demonstration, and what providers call a refusal. */
const allowed: readonly (readonly [file: RegExp, text: RegExp])[] = [
  [/^src\/cli\/offline\//, /./],
  [/^src\/models\/failure\/model-error\.ts$/, /the model refused to answer/],
]

const withoutCode = (markdown: string): string => markdown.replaceAll(/```[^]*?```|`[^`\n]*`/g, '`…`')

/** The words in texts that have a plain one; the names in placeholders are no words. */
const quaint = (file: string, texts: readonly string[], words: Words = banned): string[] =>
  texts
    .map((text) => text.replaceAll(/\$\{[^}]*\}/g, '…'))
    .flatMap((text) =>
      words
        .filter(([word]) => word.test(text) && !allowed.some(([where, what]) => where.test(file) && what.test(text)))
        .map(([word, plain]) => `${file}: "${word.exec(text)?.[0]}" (plain: ${plain}) in ${text.slice(0, 200)}`),
    )

/** The docstrings of what a file exports, of its members too, without their code. */
function docstringsIn(file: string, source: string): string[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const found = new Set<string>()
  const visit = (node: ts.Node): void => {
    for (const doc of ts.getJSDocCommentsAndTags(node)) {
      const text = ts.isJSDoc(doc) ? (ts.getTextOfJSDocComment(doc.comment) ?? '') : ''
      if (text !== '') found.add(withoutCode(text).replaceAll(/\s+/g, ' '))
    }
    ts.forEachChild(node, visit)
  }
  for (const statement of tree.statements) {
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined
    if (modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) visit(statement)
  }
  return [...found]
}

const sources = repositoryFiles().filter((file) => /^(src|machines|examples)\/.*\.tsx?$/.test(file))

test('messages are in plain technical English', () => {
  expect(sources.length).toBeGreaterThan(100)
  expect(sources.flatMap((file) => quaint(file, messagesIn(file, read(file)), bannedInDocs))).toEqual([])
})

test('so are the docstrings of what is exported', () => {
  const files = sources.filter((file) => file.startsWith('src/'))
  expect(files.length).toBeGreaterThan(50)
  expect(files.flatMap((file) => quaint(file, docstringsIn(file, read(file)), bannedInDocs))).toEqual([])
})

test('so is README', () => {
  expect(quaint('README.md', withoutCode(read('README.md')).split('\n'))).toEqual([])
})

test('a word is found in a docstring and its members, and not in code', () => {
  const source = `
    /** Nobody calls it. \`nobody\` */
    export type A = {
      /** Whoever calls it. */
      readonly b: string
    }
    /** Somebody. */
    type C = 1`
  expect(quaint('src/a.ts', docstringsIn('src/a.ts', source), bannedInDocs)).toEqual([
    'src/a.ts: "Nobody" (plain: nothing, no one) in Nobody calls it. `…`',
    'src/a.ts: "Whoever" (plain: the caller, the user) in Whoever calls it.',
  ])
})
