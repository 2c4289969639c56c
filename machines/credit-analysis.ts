// A loan application: a model says whether it is good or bad. A good one passes; for a bad one the bank is told by
// mail while a second model looks into the reasons, both at the same time.
import { chain, decision, fn, parallel, pass } from 'tinyllm'
import { openAIChat, openAIPromptTemplate, openAISystemMessage, openAIUserMessage } from 'tinyllm/openai'
import { z } from 'zod'

const application = z.object({ loanApplication: z.string() })

// Three tries in all, a second or so apart; one of them may take half a minute.
const retry = { attempts: 3, backoff: { initial: 500, jitter: true } }
const timeout = 30_000

const classify = chain({
  name: 'classify',
  children: [
    openAIPromptTemplate({
      name: 'loanClassifier',
      input: application,
      sections: [
        openAISystemMessage('You will be given a loan application. Answer with one word: good or bad.'),
        openAIUserMessage('{loanApplication}'),
      ],
    }),
    openAIChat({ name: 'chat', model: 'gpt-4o-mini', temperature: 0, retry, timeout }),
  ],
})

// A stand-in: give your own with creditAnalysis.override(emailNotification, …).
const emailNotification = fn({
  name: 'emailNotification',
  input: application,
  run: ({ loanApplication }) => ({
    to: 'loan-officer@bank.example',
    subject: 'A loan application needs your attention',
    text: loanApplication,
    sent: false,
  }),
})

const furtherAnalysis = chain({
  name: 'furtherAnalysis',
  children: [
    openAIPromptTemplate({
      name: 'riskAnalyst',
      input: application,
      sections: [
        openAISystemMessage('You will be given a risky loan application. Name its risks in two or three sentences.'),
        openAIUserMessage('{loanApplication}'),
      ],
    }),
    openAIChat({ name: 'chat', model: 'gpt-4o-mini', temperature: 0, stream: true, retry, timeout }),
  ],
})

export const creditAnalysis = decision({
  name: 'creditAnalysis',
  decide: classify,
  branches: {
    good: pass(),
    bad: parallel({ name: 'badCreditAnalysis', children: { emailNotification, furtherAnalysis } }),
  },
})

export const sample = {
  loanApplication: [
    'The applicant has been a technician at the same utility for eleven years and earns a stable income that rises with',
    'the years. The credit history is excellent: a score of 768, every payment on time, and a low utilization rate. The',
    'debt-to-income ratio of 24 percent is well within the acceptable range, so that the existing debt stays at a',
    'manageable level. The loan of 18,000 is for the insulation of the roof, which lowers the heating bill.',
  ].join(' '),
}

/** The other way: npm start -- --sample badSample */
export const badSample = {
  loanApplication: [
    'The application shows a strained financial profile: a low credit score, several missed payments in the last two',
    'years and one default. The applicant has been unemployed for five months, uses most of the credit that is open to',
    'them, and asks for a loan of 40,000 to pay back other debts.',
  ].join(' '),
}
