/**
 * Loan applications as people write them, from which a reader sees at once whether they are good or bad. They were
 * written before the rule of the scripted model, and hold what a rule about single words takes wrongly.
 */
export const good: Readonly<Record<string, string>> = {
  'a salaried engineer with some debt': `The applicant has worked as an engineer at the same company for nine years and
    earns a stable salary. Their credit score is 760, and every payment of the past decade was made on time. They carry
    a manageable level of existing debt, their credit utilization is low, and the debt-to-income ratio is well within
    the acceptable range. They ask for 15,000 to insulate their house.`,
  'a nurse without debts': `I am a nurse with a permanent contract. I have never missed a payment in my life, I am
    debt-free, and I have put 20,000 aside. The loan is for a car that I need to get to work.`,
  'a shop whose debts are paid': `Our bakery has made a profit in each of the last six years. The debts that we took on
    for the ovens were paid off in 2021, two years early, and there are no liens on the premises. We would like to
    borrow 30,000 for a second shop; the cash flow covers the instalments three times over.`,
  'a form with short answers': `Employment: permanent, 12 years
    Credit score: 802
    Missed payments: none
    Defaults: 0
    Debt-to-income ratio: 18%
    Purpose: new roof`,
  'a list of what did not happen': `There is no history of late payments, defaults, collections or bankruptcy. The
    applicant has not been unemployed since leaving university, and neither debts nor judgments are on file.`,
  'numbers within the limits': `Credit utilization stands at 11 percent, far below the 30 percent that the bank allows.
    With a DTI of 24% and a score of 745 the applicant meets every criterion. Rent and bills are paid promptly.`,
  'a small debt, and a large income': `She owes a small amount on one credit card, which she clears every month. Her
    income is high and secure, and her student debt is nearly paid back. The loan amount is modest.`,
  'a retired couple': `We live on two pensions, which come in reliably every month, and own our flat. Apart from a tiny
    mortgage we owe nothing to anybody. In forty years we have not defaulted on a single loan, nor have we ever been
    overdrawn.`,
  'worries that are denied': `Nobody could call this a risky application. The debt is not high, the income is not
    irregular, and the applicant is far from being over-indebted. None of the payments on the earlier loans was missed.`,
  'an arrear that was settled': `Years ago one telephone bill was overdue because of a move; it was settled in full
    within two weeks. Since then the record is spotless. The applicant is in steady employment, has savings, and spends
    less than half of the income.`,
}

export const bad: Readonly<Record<string, string>> = {
  'a strained profile': `The applicant has been out of work since March. Three payments were missed in the last year,
    one loan went into default, and the credit cards are used up to the limit. The new loan would pay for the old ones.`,
  'a good income that is not enough': `Although the applicant earns well, her debts exceed what she makes in two years.
    Her debt-to-income ratio is far above the acceptable range, and she can no longer keep up with the instalments.`,
  'reassurances that are denied': `The debt is not manageable. The utilization is hardly low, the bills are no longer
    paid, and the income is anything but stable.`,
  'a form with short answers': `Employment: none
    Credit score: 512
    Missed payments: 6
    Debt-to-income ratio: 71%
    Purpose: holiday`,
  'a bankrupt business': `The company filed for bankruptcy last year and two of its vans were repossessed. Sales are
    good again, say the owners, yet suppliers report unpaid invoices and the tax office has placed a lien on the stock.`,
  'a low score and a high utilization': `With a low credit score and a utilization above 90 percent, this applicant
    depends on the next card to pay the last. The repayment history shows several delinquencies.`,
  'words that sound good': `He has a good job, a good car and a good lawyer. He also defaulted on two loans, was evicted
    from his flat, and gambles away most of his salary.`,
  'an irregular income': `My income is irregular: some months there is plenty, in others nothing comes in at all. I have
    no savings, and I am behind on the rent. I have heavy debts with three banks.`,
  'a thin history': `The applicant has no credit history, no job and no collateral. A friend says that he is reliable.`,
  'one debt of two is paid': `She has paid off her car. Her mortgage, however, is in arrears, and a collection agency is
    after the furniture shop's money. She was laid off in May and has not found stable work since.`,
}

/** One worry or one reassurance each. */
export const goodPhrases: readonly string[] = [
  'A low debt-to-income ratio',
  'a manageable level of existing debt',
  'the debt-to-income ratio is well within the acceptable range',
  'a low utilization rate',
  'The debts are small.',
  'All debts have been paid back in full.',
  'without any debt',
  'Free of debts',
  'missed no payment',
  'never missed a payment',
  'has no history of default',
  'defaults on nothing',
  'no longer unemployed',
  'The debt is neither large nor growing.',
  'Self-employed with a steady income',
  'Her income comfortably exceeds her debts.',
  'low risk of default',
  'No defaults, no debts',
  "He doesn't owe anything.",
]

export const badPhrases: readonly string[] = [
  'Three defaults in two years',
  'Missed payments, unemployed',
  'The debt is not low.',
  'far from manageable debt',
  'unpaid bills',
  'high utilization',
  'utilization above 90 percent',
  'debts exceed income',
  'His debts are no longer paid.',
  'A bankruptcy was discharged last year.',
  'not employed',
  'The applicant does not pay on time.',
  'The credit score is poor.',
  'deep in debt',
  'A low income',
  'Income: low',
  'The income is high, but so is the debt.',
  'She missed two payments.',
  'not without debts',
  'He owes more than he earns.',
]
