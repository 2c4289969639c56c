// Code review: three reviewers look at the same change at the same time; their findings are merged, the worst first.
import { chain, flow, llmCall, parallel } from 'tinyllm'
import { z } from 'zod'

const finding = z.object({ line: z.number().int(), severity: z.enum(['high', 'low']), text: z.string() })

const reviewer = (name: string, about: string) =>
  chain({
    name,
    children: [
      (diff: string) => [
        { role: 'system', content: `Review this change. Look at ${about} only.` },
        { role: 'user', content: diff },
      ],
      llmCall({
        name: 'review',
        output: z.array(finding),
        model: async (messages) =>
          JSON.stringify([
            {
              line: about.length,
              severity: about === 'security' ? 'high' : 'low',
              text: `${about}: ${messages[1]?.content}`,
            },
          ]),
        timeout: 30_000,
      }),
    ],
  })

export const codeReview = flow({
  name: 'codeReview',
  input: z.string().min(1),
  steps: (s) =>
    s
      .step(
        parallel({
          name: 'reviewers',
          mode: 'settled',
          children: {
            security: reviewer('security', 'security'),
            style: reviewer('style', 'style'),
            tests: (diff: string): string[] => {
              throw new Error(`No runner for ${diff}`)
            },
          },
        }),
      )
      .step('merged', ({ value: { security, style, tests } }) => {
        const found = [security, style].flatMap((review) => (review.success ? review.output : []))
        return {
          findings: found.toSorted((a, b) => a.severity.localeCompare(b.severity)).map(({ text }) => text),
          missing: tests.success ? [] : [tests.error.message],
        }
      }),
})

export const main = () => codeReview.run('+ eval(input)')
