import { describe, expect, onTestFinished, test } from 'vitest'
import { badSample, creditAnalysis, sample } from '../../machines/credit-analysis.ts'
import { scriptedAnswer } from '../../src/cli/offline/scripted-answer.ts'
import { findRisks } from '../../src/cli/offline/risk-phrases.ts'
import { offlineModel } from '../../src/cli/offline-model.ts'
import { Dice } from '../engine/dice.ts'
import { badSentences, goodSentences } from './loan-sentences.ts'
import { bad, badPhrases, good, goodPhrases, moreBad, moreGood } from './loan-applications.ts'

describe('the credit analysis, with the model that is offline', () => {
  test.each(Object.entries({ ...good, 'the sample': sample.loanApplication }))(
    'is content with %s',
    async (_, loanApplication) => {
      await offline()
      expect(await creditAnalysis.run({ loanApplication })).toEqual({ loanApplication })
    },
  )

  test.each(Object.entries({ ...bad, 'the bad sample': badSample.loanApplication }))(
    'looks further into %s',
    async (_, loanApplication) => {
      await offline()
      expect(await creditAnalysis.run({ loanApplication })).toEqual({
        emailNotification: expect.objectContaining({ text: loanApplication }),
        furtherAnalysis: expect.stringMatching(/^\(Scripted answer\.\) These words stand out: \w/),
      })
    },
  )

  test('names the phrases that worry, also when the application says both good and bad', async () => {
    await offline()
    const loanApplication = 'A good income. The debt is not manageable, and bad luck led to a low credit score.'
    expect(await creditAnalysis.run({ loanApplication })).toMatchObject({
      furtherAnalysis: '(Scripted answer.) These words stand out: debt is not manageable, low credit score.',
    })
  })

  async function offline() {
    const notes: string[] = []
    const model = await offlineModel([{ service: 'openai' }], (note) => notes.push(note))
    onTestFinished(() => model?.stop())
    expect(notes).toEqual([
      expect.stringMatching(/its answers are scripted: missed payments, .+ → bad, .+ else → good\.$/),
    ])
  }
})

describe('the phrases that worry', () => {
  test.each([...goodPhrases, ...moreGood, ...goodSentences])('none in: %s', (text) => {
    expect(findRisks(text)).toEqual([])
  })

  test.each([...badPhrases, ...moreBad, ...badSentences])('some in: %s', (text) => {
    expect(findRisks(text)).not.toEqual([])
  })

  test.each<[string, string[]]>([
    [
      'A low credit score, several missed payments and one default.',
      ['low credit score', 'missed payments', 'default'],
    ],
    ['The debt is not low.', ['debt is not low']],
    ['Utilization above 90 percent', ['Utilization above 90 percent']],
    ['Employment: none', ['Employment: none']],
    ['A DTI ratio of 71% and a FICO score of 512', ['DTI ratio of 71%', 'FICO score of 512']],
    ['His debts exceed his income.', ['debts exceed']],
    ['default, Default and DEFAULT', ['DEFAULT']],
  ])('%s', (text, phrases) => {
    expect(findRisks(text)).toEqual(phrases)
  })

  test.each([
    ['a curly apostrophe', 'He hasn\u2019t defaulted.'],
    ['a line that is broken within a sentence', 'There is no history of\n  late payments,\n  defaults or debts.'],
    ['a line that is broken by hand', 'There is no history\r\nof default.'],
    ['capitals', 'NO DEBTS, NO DEFAULTS'],
    ['hyphens', 'A low debt-to-income ratio, debt-free, no past-due bills'],
  ])('none, with %s', (_, text) => {
    expect(findRisks(text)).toEqual([])
  })

  test('an entry of a form is a clause of its own', () => {
    expect(findRisks('Own house: no\nDefaults: 2\nLiens: none\nArrears: none')).toEqual(['Defaults'])
  })
})

/*
 * What can be said of a debt, a ratio, an income or a default, in every combination: a table of what qualifies, and of
 * the ways to say it.
 */
const burdens = [
  'debt',
  'debts',
  'debt burden',
  'debt-to-income ratio',
  'DTI',
  'utilization rate',
  'credit utilisation',
]
const little = ['low', 'small', 'very low', 'manageable', 'reasonable', 'modest', 'affordable']
const much = ['high', 'large', 'too high', 'excessive', 'overwhelming', 'unmanageable', 'substantial']
const within = [
  'within limits',
  'well within the acceptable range',
  'below the limit',
  'under control',
  'at 20 percent',
]
const beyond = ['above the limit', 'not within the acceptable range', 'out of control', 'above 80 percent', 'at 92 %']
const assets = ['job', 'income', 'employment']
const sure = ['stable', 'steady', 'reliable', 'secure', 'regular']
const incidents = [
  'defaults',
  'late payments',
  'missed payments',
  'bankruptcies',
  'arrears',
  'debts',
  'unpaid bills',
  'liens',
]
const settled = ['paid', 'paid off', 'paid back in full', 'repaid', 'settled']

type Ways = (noun: string, quality: string) => string[]
const said: Ways = (noun, quality) => [
  `A ${quality} ${noun}`,
  `The ${noun} is ${quality}.`,
  `Her ${noun} has always been ${quality}.`,
  `${noun}: ${quality}`,
  `The ${noun} of the applicant is ${quality}, and the references are in.`,
]
const denied: Ways = (noun, quality) => [
  `The ${noun} is not ${quality}.`,
  `The ${noun} isn't ${quality}.`,
  `The ${noun} is no longer ${quality}.`,
  `The ${noun} is by no means ${quality}.`,
  `The ${noun} is far from ${quality}.`,
]
const crossed = (nouns: readonly string[], qualities: readonly string[], ways: Ways) =>
  nouns.flatMap((noun) => qualities.flatMap((quality) => ways(noun, quality)))
const is: Ways = (noun, quality) => [`The ${noun} is ${quality}.`, `The ${noun} remains ${quality}.`]

const fine = [
  ...crossed(burdens, little, said),
  ...crossed(burdens, much, denied),
  ...crossed(burdens, within, is),
  ...crossed(assets, sure, said),
  ...crossed(['debts', 'arrears'], settled, (noun, paid) => [
    `The ${noun} were ${paid}.`,
    `All ${noun} have been ${paid}.`,
  ]),
  ...incidents.flatMap((noun) => [
    `No ${noun}`,
    `There have never been any ${noun}.`,
    `A record without ${noun}`,
    `The file has no history of ${noun}.`,
    `${noun}: none`,
    `${noun}: 0`,
    `He is free of ${noun}.`,
    `Neither gambling nor ${noun}`,
    `There are no evictions, ${noun} or foreclosures.`,
    `The report shows no ${noun}, and the income is stable.`,
  ]),
]
const worrying = [
  ...crossed(burdens, much, said),
  ...crossed(burdens, little, denied),
  ...crossed(burdens, beyond, is),
  ...crossed(assets, sure, denied),
  ...crossed(assets, sure, (noun, quality) => [`no ${quality} ${noun}`, `He has never had a ${quality} ${noun}.`]),
  ...crossed(['debts', 'arrears'], settled, (noun, paid) => [
    `The ${noun} were never ${paid}.`,
    `The ${noun} are no longer ${paid}.`,
  ]),
  ...incidents.flatMap((noun) => [
    `There are ${noun}.`,
    `A history of ${noun}`,
    `${noun}: 3`,
    `Not without ${noun}`,
    `The income is stable, but there are ${noun}.`,
    `No house, but ${noun}`,
    `A stable job and ${noun}`,
  ]),
]

describe('what is said of a worry', () => {
  test(`is none in ${fine.length} ways`, () => {
    expect(fine.filter((text) => findRisks(text).length > 0)).toEqual([])
  })

  test(`is one in ${worrying.length} ways`, () => {
    expect(worrying.filter((text) => findRisks(text).length === 0)).toEqual([])
  })

  test.each(Array.from({ length: 40 }, (_, seed) => seed))('stays within its sentence (seed %i)', (seed) => {
    const dice = new Dice(seed)
    const sentences = dice.list(12, () => (dice.chance(0.7) ? dice.pick(fine) : dice.pick(worrying)))
    const all = sentences.flatMap(findRisks).map((phrase) => phrase.toLowerCase())
    const found = findRisks(sentences.map((text) => text.replace(/\.?$/, '.')).join(' '))
    expect(found.map((phrase) => phrase.toLowerCase()).toSorted()).toEqual([...new Set(all)].toSorted())
  })
})

describe('a long text', () => {
  const size = 1_000_000
  // Each keeps some part of the rule busy: what may repeat in a phrase, what a look ahead or back goes over.
  const units = [
    'no ',
    'not no ',
    'debt and ',
    'debt, x ',
    'no debts, ',
    'credit ',
    'card credit ',
    'paid a ',
    'pays x ',
  ]
  const more = [
    'below a ',
    'lost a ',
    'consolidate a ',
    '1,',
    '0.',
    ' ',
    '\n ',
    "a'",
    'a-',
    'a',
    '(',
    'debt is ',
    'default ',
    'lost a money ',
    'payments take ',
    'no payments ',
    'not made a ',
    'most of a ',
    'but it is ',
    'debt, but it is ',
    'income does not cover ',
    'unemployment in a ',
    'work ',
  ]
  test.each([...units, ...more])('of %j comes to an end', { timeout: 60_000 }, (unit) => {
    const text = `${unit.repeat(size / unit.length)}. He is unemployed.`
    expect(findRisks(text)).toContain('unemployed')
  })
})

describe('the scripted model', () => {
  const application = { role: 'user', content: 'No debts at all.' }

  test.each([
    ['a system message', [{ role: 'system', content: 'Answer with one of these words: [good, bad].' }, application]],
    ['the message itself', [{ role: 'user', content: 'Is this good or bad? A spotless record' }]],
    ['parts', [{ role: 'developer', content: [{ type: 'text', text: 'Say good or bad.' }] }, application]],
  ])('gives the verdict that %s asks for', (_, messages) => {
    expect(scriptedAnswer(messages, undefined)).toBe('good')
  })

  test('gives it in the form that was asked for', () => {
    const schema = { type: 'object', properties: { decision: { enum: ['good', 'bad'] }, sure: { type: 'boolean' } } }
    const format = { type: 'json_schema', json_schema: { schema } }
    expect(scriptedAnswer([{ role: 'user', content: 'Two defaults' }], format)).toBe('{"decision":"bad","sure":false}')
  })

  test('says that its answer is a script, and what it found', () => {
    expect(scriptedAnswer([application], undefined)).toBe('(Scripted answer.) Nothing stands out.')
    const other = { role: 'user', content: 'The applicant is bankrupt.' }
    expect(scriptedAnswer([other], undefined)).toBe('(Scripted answer.) These words stand out: bankrupt.')
  })

  test('finds nothing where no loan is talked about', () => {
    const ticket = { role: 'user', content: 'There is a problem with my order: a rod is missing.' }
    expect(scriptedAnswer([ticket], undefined)).toBe('(Scripted answer.) Nothing stands out.')
  })
})
