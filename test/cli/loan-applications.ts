/*
 * Loan applications as people write them, from which a reader sees at once whether they are good or bad. The first
 * twenty and the phrases were written before the rule of the scripted model, and hold what a rule about single words
 * takes wrongly; the others were written after it, to see how far it carries.
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

export const moreGood: readonly string[] = [
  `Dear Sir or Madam, my wife and I have been teachers at the local grammar school since 2009. Our joint income of 96,000 is dependable, and what we still owe on the car will be gone by Christmas. We pay every bill the day it arrives. We would like 25,000 for a heat pump.`,
  `Strong application. Credit score in the high 700s; no late payments or charge-offs in the last 7 years; revolving utilization under 10%. Back-end DTI at 31 percent after the new loan.`,
  `Mr. Okafor has been self-employed as a plumber for eleven years with rising revenue each year. Tax returns confirm it. Although he had a bankruptcy fifteen years ago, he has since rebuilt an excellent credit record and has not been late on anything.`,
  `The household has minimal obligations: a small student loan, no car loan, and no credit card balances. Income has been consistent, and there is an emergency fund that covers eight months of expenses. Purpose: adoption fees.`,
  `Applicant requests $8,000 to consolidate two credit cards at a lower rate. She has never been delinquent, her employer confirms a permanent position, and her monthly obligations take up only a fifth of her pay.`,
  `Our orchard carries very little debt. Last year's frost was no problem for our cash flow because of the insurance. All suppliers are paid within fourteen days, and we have not once had to use the overdraft.`,
  `Low risk. Long credit history with zero derogatory marks, stable residence, eight years with the same employer, DTI 22%, and substantial savings.`,
  `He used to have trouble with money as a student, but that is long ago: the debts were settled, the cards cut up, and for twelve years no payment has been late. He now earns a good wage as an electrician.`,
  `With an annual income of 120k against total debts of just 9k, the ratio is excellent. The debts are being paid down ahead of schedule. No red flags were found.`,
  `The loan officer notes: job secure, savings ample, payment record perfect, existing liabilities modest. Nothing adverse on file.`,
  `The loan application describes a solid applicant. Her credit history is excellent, with payments made on time for over ten years. Credit utilization is kept low. Her employment is stable: she has been a project manager at the same firm since 2014. The debt-to-income ratio sits comfortably within the acceptable range, which points to a manageable amount of existing debt.`,
  `John has a full-time job, earns $85,000 a year, and has a FICO score of 760. He has no outstanding debt apart from a mortgage, on which he has never been late.`,
  `Existing Debt: $0
Employment: full-time, 9 years
Late payments: 0
Bankruptcies: none
Credit score: 790`,
  `I'm applying for a home improvement loan of £12,000. I've worked for the council for 14 years, my debts are minimal, and I've always paid my bills on time.`,
  `Applicant maintains a 15% utilization rate and a debt-to-income ratio of 0.21. All accounts are current and there are no collections, liens, or judgments.`,
  `The business is debt-free and profitable. Revenue rose by 12% last year, and the owner has never defaulted on any obligation.`,
  `She paid off her student loans early, carries little credit card debt, and keeps her expenses below her income.`,
  `A reliable borrower. Their debts are well under control and they have not missed any payments.`,
  `He isn't unemployed; he took a sabbatical last year, and his contract is permanent. His debt is neither high nor unmanageable.`,
  `The couple's combined debt is modest compared to their income, and their savings would cover two years of repayments. There is no evidence of financial difficulty.`,
  `Although she had some late payments in college more than ten years ago, her record since then is clean, her income is strong and she has no debt.`,
  `There isn't any debt to speak of, nor has there ever been a default.`,
  `Loan purpose: solar panels. The applicant's obligations are low, employment is secure, and the default risk is minimal.`,
  `Her debts have been repaid in full and her credit report shows no negative items.`,
  `Not a single payment was missed in eight years. The debt burden is light.`,
  `The applicant has an outstanding credit history and a proven ability to repay. Her debts, mostly a car loan and a student loan, are small and get smaller every month. Employment has been continuous since 2011.`,
  `We've looked at everything: the income's steady, the score's 770, and there's nothing in the way of arrears or defaults.`,
  `This family of four has a joint income of $140,000, existing debt of $6,000 that is paid down on schedule, and excess savings. They need $30,000 to add a room.`,
  `Stable work history (15 years), a down payment of 25%, no unpaid taxes. Debt payments take 19 percent of gross income.`,
  `The farm's debts were restructured and fully repaid in 2016. Since then the owners have neither borrowed nor missed a payment, and the land is free of liens.`,
  `I have one credit card, which I pay in full every month. No loans. No debts. I've been with my employer for six years.`,
  `The applicant's risk of default is low: she has a civil service job, and her total debt is less than 10% of her annual income.`,
  `No issues whatsoever. Regular income, low rent, payments always prompt.`,
  `Despite a small overdraft in March, which was cleared within days, the account has been run impeccably. The applicant is employed full time and earns well above average.`,
  `An application without weaknesses: the debts are insignificant, the job is safe, and the car to be bought is cheap.`,
  `My credit cards are barely used, I do not gamble, and I have never been refused credit. I earn 3,200 a month and pay 700 in rent.`,
  `Maria is a dentist with her own practice. Profits have grown every year, liabilities are few, and the tax authorities confirm that nothing is outstanding. She would like 60,000 for an X-ray machine.`,
  `The existing debt remains at a moderate level and every instalment has been on time.`,
  `Applicant: Tom Berg
Age: 44
Occupation: train driver (permanent)
Income: 4,100 per month
Debts: 1,200, paid off by June
History: no late payments, no defaults
Request: 9,000 for a kitchen`,
  `There were no late payments in the past five years; utilization averages 8%; inquiries are rare; and total indebtedness is low in relation to income.`,
  `I never had to borrow until now. My job at the post office is safe, my rent is cheap and I save a third of what I earn.`,
  `The couple have always met their obligations. Their debts amount to only a tenth of their yearly income, and they keep an ample reserve.`,
  `Credit check passed. Affordability check passed. No adverse findings. Debt: none. Recommended.`,
  `A guarantor with a large fortune stands behind the loan. The borrower herself has a high income, no debts and no history of missed payments.`,
  `The business has no trouble meeting its obligations, its debt is falling year after year, and no invoice is past due.`,
  `Our client's debt-to-income ratio of 27% is lower than that of most borrowers, his score exceeds 750, and his accounts have never been overdrawn.`,
  `low debt`,
  `debt under control`,
  `A spotless record`,
  `Pays everything punctually, earns well, owns a house.`,
  `DTI 12%, score 801, no derogatories`,
  `The applicant has no bad debts.`,
  `No late or missed payments in 84 months.`,
  `The debt-to-income ratio does not exceed 30 percent.`,
  `His credit card balance never exceeds a few hundred dollars and is paid off monthly.`,
  `Income well above average; debt well below it.`,
  `Only one small loan is outstanding, and it is nearly paid off.`,
  `There is no reason for concern: debts are minimal and income is growing.`,
  `She lives debt free.`,
  `The mortgage has been paid off for years.`,
  `None of her accounts has ever been delinquent or sent to collections.`,
  `The applicant is not in default on any loan.`,
  `Utilization is low at 9%, and DTI is comfortable at 22%.`,
  `The existing debts are easily covered by his salary.`,
  `It is not a risky application.`,
  `There have been zero delinquencies.`,
  `With little debt and a high salary, the risk is small.`,
  `Debt burden: light. Income: stable. Collateral: ample.`,
  `A debt-to-income ratio of just 15 percent`,
  `She does not have much debt.`,
  `She doesn't have a lot of debt.`,
  `He carries almost no debt.`,
  `Her only debt is a mortgage with a low balance.`,
  `The debts are not a problem.`,
  `His debts pose no problem.`,
  `He never lets a bill go unpaid.`,
  `There was never a time when he could not pay.`,
  `No debts worth mentioning.`,
  `no real debts`,
  `The firm isn't in debt to anyone.`,
  `He has stayed out of debt all his life.`,
  `Debt-to-income ratio: low (19%)`,
  `All obligations were met on time.`,
  `Her income has not fallen in ten years.`,
  `Neither spouse has ever been unemployed.`,
  `Rosa Klein, 38, is a civil engineer with a permanent contract at the city since 2012. Her net pay is 3,900 a month. Schufa shows no negative entries; a car loan was repaid ahead of time in 2020. She seeks 10,000 to replace the windows, and the instalment would take 6 percent of her income.`,
  `This applicant presents minimal risk. Payment history is flawless over 12 years, there are no public records, revolving balances are low, and reserves equal nine months of expenses.`,
  `I have been working as a software developer since 2015, my salary is 72,000 euros and I have no loans or debts whatsoever. I would like to borrow 8,000 for a used van.`,
  `The company has been profitable for eleven consecutive quarters. Its debt-to-equity ratio is conservative, it has never breached a covenant, and it wants to finance two delivery trucks.`,
  `While the applicants do carry a mortgage, it is less than half the value of the house, payments are never late, and their other debt is negligible.`,
  `Grandma wants a loan for a stairlift. Her pension is modest but secure, she owes nobody a cent, and she has paid every bill on time since 1961.`,
  `Assessment: income verified; employment confirmed; no adverse credit; existing commitments manageable; affordability comfortable.`,
  `He had fallen behind on his rent in 2010, but cleared the arrears within a month. Today he has a secure job, savings of 15,000 and no debts.`,
  `The debts that remain are small, and nothing suggests that they will not be repaid.`,
  `Her credit card utilisation has dropped from 60% to 8%, and her score has climbed to 735.`,
  `Applicant is a tenured professor; the income is guaranteed, the mortgage is small, the cards are paid monthly and the file holds no surprises.`,
  `We want to extend our restaurant. Turnover is up 18 percent, bank loans are serviced punctually, and there are no overdue taxes.`,
  `I don't have any debts and I never had any.`,
  `Existing debt is manageable at 9% of income.`,
  `The credit report contains neither late payments nor collections, and the credit utilization is under 10%.`,
  `Debt: small, and declining. Income: high, and rising.`,
  `Their total monthly debt payments are only 600 against an income of 5,400.`,
  `Not one default in thirty years of banking with us.`,
  `She consolidated her debts in 2018 and paid the last of them off in 2021.`,
  `He has a mortgage and a car loan, both in good standing.`,
  `The borrower's debt ratios are within policy limits and the employment is long-standing.`,
  `A first-time buyer with a stable job, a 20% deposit, no existing debts and a credit score of 712.`,
  `No history of bankruptcy, foreclosure or repossession. Payments: always on time. Utilization: low.`,
  `Despite her age she has a strong pension and hasn't any debts.`,
  `All accounts are paid as agreed and none is past due.`,
  `The loan is to replace an old tractor; the farm has no debt and makes a decent profit.`,
  `His debt is so low that the bank would lend him twice the sum.`,
  `The applicant's debts were discharged long ago, and since then everything has been paid on time.`,
  `Her only worry is which colour the kitchen should have; her finances are in perfect order.`,
]

export const moreBad: readonly string[] = [
  `Dear Sir or Madam, I lost my position at the factory in April and live on my brother's couch. I need 12,000 to get the bailiffs off my back. I promise I will find something soon.`,
  `Weak application. Credit score in the low 500s; four late payments and two charge-offs in the last 12 months; revolving utilization over 95%. DTI at 68 percent.`,
  `Ms. Laurent asks for 50,000. Her income has fallen by half since the restaurant closed, she can't meet her existing obligations, and creditors have obtained judgments against her.`,
  `The applicant says there is no problem with his finances. The records say otherwise: he is three months behind on his mortgage, his card was cancelled, and he has applied to nine lenders in a month.`,
  `Business plan for a crypto fund. The founders have no track record, no collateral and no revenue, and one was convicted of fraud.`,
  `Her salary is decent and her job is secure. Unfortunately, her monthly debt payments swallow almost all of it, and she has defaulted twice since 2022.`,
  `DTI 58%. Utilization 97%. Score 540.`,
  `We are not able to pay our suppliers on time, and the bank has refused to extend the overdraft. The loan should keep us afloat until summer.`,
  `The debt is described as manageable, but it is not: it has doubled within a year and now exceeds two annual salaries. Instalments are regularly missed.`,
  `Applicant is on a temporary contract that ends next month, has little savings and a patchy repayment record with repeated late payments.`,
  `The loan application reveals a troubling financial profile. The applicant's credit history is poor, with several late payments and a recent default. Credit utilization is close to the maximum, and the debt-to-income ratio is well outside the acceptable range, indicating an unmanageable level of existing debt.`,
  `John lost his job three months ago, has a FICO score of 560, and carries $45,000 in credit card debt.`,
  `Existing Debt: $92,000
Employment: unemployed
Late payments: 7
Bankruptcies: 1
Credit score: 480`,
  `I can't pay my rent and I have maxed out all my cards. Please help me, I need 5,000 quickly.`,
  `Applicant has a 94% utilization rate and a debt-to-income ratio of 0.66. Two accounts are in collections.`,
  `The business is deep in debt and has been losing money for three years. Revenue fell by 40% and taxes are overdue.`,
  `She never paid off her student loans, carries a lot of credit card debt, and her expenses exceed her income.`,
  `An unreliable borrower. Their debts are not under control and they have repeatedly missed payments.`,
  `He is not employed at present and has no savings to fall back on. His debt is neither low nor manageable.`,
  `The couple's combined debt is large compared to their income. They have struggled to make even the minimum payments.`,
  `Although she claims a strong income, she could not provide any proof of income and her bank statements show frequent overdrafts.`,
  `There is hardly any income, and there are plenty of debts.`,
  `The debt-to-income ratio isn't within the acceptable range.`,
  `The applicant does not have a stable job and has been late on payments.`,
  `High debt, low income, no collateral.`,
  `The applicant's credit history is anything but outstanding. Her debts, mostly payday loans, are large and get larger every month. Employment has been interrupted since 2021.`,
  `We've looked at everything: the income's erratic, the score's 490, and there's quite a lot in the way of arrears.`,
  `This family of four has a joint income of $38,000, existing debt of $160,000 that is not being paid down, and no savings. They need $30,000 to pay their creditors.`,
  `He wants to borrow 4,000 for a holiday. He has no job and doesn't intend to look for one.`,
  `Spotty work history, no down payment, unpaid taxes. Debt payments take 79 percent of gross income.`,
  `The farm's debts were never repaid. The owners stopped paying in 2022, and a foreclosure is under way.`,
  `I have six credit cards, all of which are at the limit. I've been through two bankruptcies and I am currently without employment.`,
  `The risk of default is high: he is on probation, and his total debt is more than three times his annual income.`,
  `Many issues. Irregular income, high rent, payments often late.`,
  `The account was overdrawn eleven times last year, two direct debits bounced, and the rent is two months overdue.`,
  `An application with many weaknesses: the debts are significant, the job isn't safe, and the boat to be bought is expensive.`,
  `My credit cards are full, I gamble, and I have been refused credit by four banks.`,
  `The loan application reveals serious weaknesses. The applicant's credit score reflects a history of late payments, careless credit usage, and a high utilization rate. Moreover, the income documentation shows gaps in employment with an unsteady income stream. The debt-to-income ratio is far above the acceptable range, indicating an unmanageable level of debt.`,
  `Maria's practice is failing. Profits have shrunk every year, liabilities exceed assets, and the tax authorities are owed 80,000.`,
  `The existing debt is at an alarming level and hardly any instalment has been on time.`,
  `Applicant: Tom Berg
Age: 44
Occupation: none since 2022
Income: none
Debts: 61,200
History: five late payments, one default
Request: 9,000 for a motorbike`,
  `There were eleven late payments in the past five years; utilization averages 88%; and total indebtedness is high in relation to income.`,
  `I have to borrow again to get through the month. My job at the warehouse ends in May and I have spent all of my savings.`,
  `She has been unemployed since 2022 and her benefits run out soon; her credit is ruined and she has outstanding debts with five lenders.`,
  `The couple have never met their obligations. Their debts amount to ten times their yearly income, and they keep no reserve.`,
  `Credit check failed. Affordability check failed. Several adverse findings. Debt: considerable. Not recommended.`,
  `No guarantor stands behind the loan. The borrower herself has a low income, many debts and a history of missed payments.`,
  `The business has trouble meeting its obligations, its debt is rising year after year, and most invoices are past due.`,
  `Our client's debt-to-income ratio of 67% is higher than that of most borrowers, his score is below 550, and his accounts are often overdrawn.`,
  `high debt`,
  `debt out of control`,
  `A tarnished record`,
  `Never pays punctually, earns little, owns nothing.`,
  `DTI 72%, score 501, four derogatories`,
  `The applicant has several bad debts.`,
  `Late and missed payments in 12 of 24 months.`,
  `The debt-to-income ratio exceeds 60 percent.`,
  `His credit card balances are always at the limit and are rarely paid off.`,
  `Income well below average; debt well above it.`,
  `Several large loans are outstanding, and none of them is being paid.`,
  `There is reason for concern: debts are mounting and income is shrinking.`,
  `She is drowning in debt.`,
  `The mortgage has not been paid for months.`,
  `Two of her accounts have been delinquent and were sent to collections.`,
  `The applicant is in default on two loans.`,
  `Utilization is high at 91%, and DTI is alarming at 62%.`,
  `The existing debts are not covered by his salary.`,
  `It is a very risky application.`,
  `There have been numerous delinquencies.`,
  `With a lot of debt and a low salary, the risk is great.`,
  `Debt burden: heavy. Income: unstable. Collateral: none.`,
  `A debt-to-income ratio of no less than 75 percent`,
  `She has too much debt.`,
  `She has a lot of debt.`,
  `He carries an enormous debt.`,
  `Her debts are a problem.`,
  `He lets bills go unpaid.`,
  `There were times when he could not pay.`,
  `The firm is in debt to everyone.`,
  `He has been in debt all his life.`,
  `Debt-to-income ratio: high (69%)`,
  `Obligations were not met on time.`,
  `Her income has fallen for ten years.`,
  `Both spouses are unemployed.`,
  `He isn't able to repay the loan.`,
  `I don't have a job.`,
  `I have no way to pay this back.`,
  `Not a good payer`,
  `He has not paid his rent since May.`,
  `Payments are seldom on time.`,
  `The applicant's debt cannot be considered manageable.`,
  `Rico Klein, 38, has been on sick pay since January and his contract runs out in June. Schufa shows three negative entries; a car loan was called in in 2020. He seeks 10,000 to catch up on his rent.`,
  `This applicant presents substantial risk. Payment history shows nine delinquencies over 12 months, there is a public record of bankruptcy, revolving balances are near their limits, and there are no reserves.`,
  `I have been looking for work since 2023, I live on benefits and I owe about 30,000 to various people. I would like to borrow 8,000 for a used van.`,
  `The company has been loss-making for eleven consecutive quarters. Its debt-to-equity ratio is excessive, it has breached two covenants, and it wants to finance last year's wages.`,
  `The applicants carry a mortgage that is larger than the value of the house, payments are regularly late, and their other debt is considerable.`,
  `Grandpa wants a loan for a sports car. His pension does not even cover the rent, he owes everybody money, and he has not paid a bill since Easter.`,
  `Assessment: income unverified; employment not confirmed; adverse credit; existing commitments unmanageable; affordability insufficient.`,
  `He fell behind on his rent in 2010 and never cleared the arrears. Today he has neither a job nor savings.`,
  `The debts that remain are large, and nothing suggests that they will ever be repaid.`,
  `Her credit card utilisation has climbed from 8% to 96%, and her score has dropped to 535.`,
  `Applicant is between jobs; the income is uncertain, the mortgage is in arrears, and the cards are maxed out.`,
  `We want to save our restaurant. Turnover is down 48 percent, bank loans are not serviced, and taxes are overdue.`,
  `I have debts and I always had some.`,
  `Existing debt is unmanageable at 89% of income.`,
  `There's much to worry about: a short and stained credit history, no steady job, and debts that can hardly be paid.`,
  `The credit report contains late payments as well as collections, and the credit utilization is over 90%.`,
  `Debt: large, and increasing. Income: low, and declining.`,
  `Their total monthly debt payments are 3,600 against an income of 3,400.`,
  `Two defaults in three years of banking with us.`,
  `She never consolidated her debts and cannot pay even the first of them.`,
  `He has a mortgage and a car loan, both in default.`,
  `The borrower's debt ratios are outside policy limits and the employment is insecure.`,
  `A first-time buyer without a stable job, without a deposit, with existing debts and a credit score of 512.`,
  `A history of bankruptcy, foreclosure and repossession. Payments: rarely on time. Utilization: high.`,
  `Despite her pension she has not been able to pay off her debts.`,
  `No account is paid as agreed and most are past due.`,
  `The loan is to pay the interest on another loan; the farm is in debt and makes a loss.`,
  `His debt is so high that no bank would lend him half the sum.`,
  `The applicant's debts are rising fast, and since June nothing has been paid on time.`,
  `Her finances are in disarray.`,
]
