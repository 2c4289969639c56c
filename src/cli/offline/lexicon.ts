/** What a share is of, where it says how much of it something else takes. */
const pay = String.raw`(?:income|earnings|salary|salaries|wages?|pay)`
const bounds = String.raw`(?:ranges?|limits?|levels?|bounds|guidelines?|norms?|thresholds?|maximum|max)`

/**
 * The words that the scripted model knows in an English loan application, by what they are to it. Each kind is a list of
 * patterns, divided by | and line breaks; a space in them stands for a hyphen, too. The first kind that has a pattern
 * wins, so longer phrases stand before the words in them.
 */
export const lexicon = {
  // Words that say something else than they would alone.
  word: String.raw`
    no doubt|not (?:only|just|merely)|no (?:more|less|fewer|later|sooner) than|no (?:stranger|need) to|nothing but
    debts? free|without (?:fail|delay|difficulty|trouble|problems?|issues?)|by default|small business(?:es)?
    jobs? changes?|debt consolidation|(?:consolidat|refinanc)\w+ (?:[\w']+ ){0,5}debts?
    limited (?:company|liability|partnership)
    (?:relative|compared|in (?:relation|proportion|comparison)) (?:to|with) (?:\w+ ){0,2}(?:income|earnings|salary)
    (?:a|one|two|three|four|five|six|[1-6]|few|several) years? ago|(?:quite )?a few|paid(?= (?:[\w']+ ){0,4}late\b)
    (?:unemployed|jobless|bankrupt|indebted) (?:brother|sister|cousin|uncle|aunt|friend|neighbou?r|colleague|tenant)s?(?= (?:is|are|was|were|has|have|does|do|did|will|would)(?:n't| not?)\b)
    (?:extra|early|additional|advance|special) payments?
  `,
  // What denies the next phrase. Those below also take back what was said before: "defaults: none".
  not: String.raw`
    (?:un|not |\w+n't )able to|no (?:way|means) (?:to|of)|no longer|not yet|no|not|never|without|neither|nor|none of|cannot|\w+n't
    (?:do|does|did|is|are|was|has|have|ca)nt|hardly|barely|scarcely|rarely|seldom|unlikely|free (?:of|from)|clear of
    out of(?= debt|arrears)|far from|anything but|by no means|rather than|instead of
    less than(?= good|ideal|perfect|reliable|stable|stellar|spotless)|lack(?:s|ed|ing)?(?: of)?|absence of
    avoid(?:s|ed|ing)?|wrong to(?= say| call| think)
    fail(?:s|ed|ing)? to|failure to|refus(?:es|ed|ing) to|(?<!\b(?:be|is|are|was|were|been|being) )used to|zero
    nobody|0(?![.,]?\d| ?%| per)
  `,
  nothing: String.raw`nothing|none|nil|n/a`,
  // Where a new thought begins, at which what was said before ends.
  turn: String.raw`
    (?:al|even )?though|but|however|yet|whereas|while|whilst|despite|in spite of|except|because|who|whose
    (?:in (?:fact|reality|truth)|actually)(?=,? (?:it|they) )
    makes? up for|apart from|aside from|other than|nevertheless|nonetheless
  `,
  and: String.raw`and|as well as|plus|&`,
  or: String.raw`or`,
  is: String.raw`
    is|are|was|were|be|been|being|remains?|remained|stands?|stays?|stayed|seems?|looks?|appears?|keeps?|kept|became
    poses?|posed|causes?|becomes?|gets?|got|has|have|had
  `,
  past: String.raw`
    (?:seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|many|[7-9]|[1-9]\d) years ago|decades? ago|years ago
    long ago
  `,
  // Worries that end when they are paid.
  due: String.raw`
    (?:late|missed|skipped|overdue|unpaid) (?:re)?payments?
    (?:unpaid|overdue) (?:bills?|invoices?|taxes|rent|debts?)|default(?:s|ed|ing)?|arrears|delinquen(?:t|cy|cies)
    overdue|past due|unpaid|overdrafts?|overdrawn|liens?|collections?(?! of)|charge[sd]? offs?|writ(?:ten|e) offs?
    judge?ments|(?:court|tax) judge?ment|judge?ment against|miss(?:es|ed|ing)?|skip(?:s|ped|ping)?|bounced
    non ?payments?
    (?:fell|falls|fallen|falling|months?|weeks?|payments?|is|are|was|were|been|am|gets?|got|far|slightly) behind
    behind (?:on|with|in)|(?:pays?|paying) (?:[\w']+ ){0,4}late
    late(?= (?:\w+ )?(?:fees?|charges?|instal\w+|bills?|rent)\b)
    (?<=\b(?:was|were|been|is|are|always|often|repeatedly|frequently|days|weeks|months|never|paid|payments?) )late
    late (?:with|on|again)|late(?<=paid (?:[\w']+ ){0,4}late)|(?:pay ?day|title) loans?|fines
  `,
  // Worries that stay what they are.
  worry: String.raw`
    unemploy(?:ed|ment)|jobless|out of (?:a job|work)|between jobs|laid off|dismissed|made redundant|was fired
    (?:lost|loses?|losing) (?:(?:his|her|their|my|the|a|its) )?(?:\w+ )?(?:jobs?|position|post|work|employment|income)
    (?:jobs?|employment|position|income)(?: ?:)?(?: (?:is|was|were|(?:has|have|had) been))? lost
    (?:lost|los(?:es?|ing)) (?:a lot of |all (?:of )?(?:his|her|their|its) |\w+ )?money|loss making|chapter (?:7|11|12|13|seven|eleven|twelve|thirteen)(?! of\b)
    (?:job|income) loss|(?:frequent|constant)(?:ly)? (?:job changes|chang\w+ jobs?|job hopping)|job hopp\w+
    gaps? in (?:\w+ )?(?:employment|work|income|history)|(?:employment|income|work|unexplained) gaps?
    bankrupt(?:cy|cies)?|insolven(?:t|cy|cies)|foreclos\w+|repossess\w*|evict\w*|garnish\w*|lawsuits?|bailiffs?
    criminal|convicted|pawn\w*|homeless|destitute|penniless|desperate(?:ly)?
    over ?(?:indebted|extended|stretched|leveraged|spen\w+)|(?:heavily |deeply )?indebted|maxed(?: out)?|exhausted
    up to (?:the|their|his|her|its) limits?|out of (?:control|hand)
    debt (?:collect\w+|relief|counsel\w+|ridden|management (?:plan|program|scheme|compan|agenc)\w*)
    debt management(?<=\b(?:(?:is|are|was|were|been|went) (?:in|into|on|under)|enter(?:s|ed)?(?: into)?) debt management)
    (?:owe|spend)\w* (?:far |much )?more than (?:\w+ ){1,2}(?:earn|make|bring|own)\w*
    (?:beyond|above) (?:his|her|their|my|our|its) means|(?:was|were|been|got) (?:declined|denied|rejected|refused)
    turned down|turned away|struggl\w+|strain(?:s|ed)?|troubl\w+|difficult(?:y|ies)|problem(?:s|atic)?|hardships?
    issue(?<=\b(?:an?|no|any|main|one|big|serious|major|real|credit|income|payment|legal|financial) issue)
    issues(?! (?:an?|the|his|her|its|their|new|invoices?|shares?|bonds?)\b)|concern(?:s|ing)?|red flags?
    warning signs?|blemish(?:es|ed)?|derogatory|negative|doubt(?:s|ful)?|questionable|dubious|suspicious|risky
    reckless\w*|irresponsibl[ey]|fraud\w*|gambl\w+|speculat\w+|unrealistic|unclear|unstable|unsteady|unreliabl[ey]
    irregular\w*|erratic\w*|sporadic\w*|volatile|fluctuat\w+|inconsistent\w*|precarious|uncertain|insecure|shaky
    unpredictabl[ey]|insufficient\w*|inadequate\w*|unaffordable|unsustainable|unmanageable|unacceptabl[ey]|unhealthy
    unverifi\w+|undocumented|unexplained|worr(?:ies|ying|isome)|disarray|shambles|alarming|losses|in the red|deficits?|shortfalls?
    depleted|drained|collapsed|chequered|checkered|patchy|spotty|swallows?
    up to (?:his|her|their) (?:neck|ears|eyes)|spent all|used up|r[au]ns? out|running out
    (?:job|contract|position) (?:[\w']+ ){0,4}(?:ends|expires)|ruined|fail(?:ed|ing)
    bad(?= (?:credit|debts?|(?:track )?record|history|payer|risk|(?:re)?payment|scores?|ratings?|finances|shape|reputation))
    (?<=\b(?:is|are|was|were|looks?|very|so|too|really|quite|isn't|not) )bad|broke|bounced|terminated|suspended
    forbearance|shrinks?|seriously ill|temporary(?= (?:contract|job|work|position|employment))|probation(?:ary)?|zero hours|poor(?:ly)?|badly|weak(?:ness\w*)?
    terrible|horrible|awful|subprime|damaged|tarnished|mediocre|adverse
  `,
  // The more, the better.
  asset: String.raw`
    debt service coverage(?: ratio)?|(?:debt|credit|money|financial) management
    credit (?:scores?|histor(?:y|ies)|record|ratings?|reports?|file|standing|profile)|credit worthiness
    (?:re)?payment (?:history|record|capacity|behaviou?r)|(?:employment|work|job) (?:history|record)|track record
    work(?<=\b(?:no|any|without|paid) work)(?! (?:is|was|to be|needed|required|remains|on the)\b)
    job security|fico(?: score)?|scores?|rating|incomes?|salar(?:y|ies)|wages?|earnings|revenues?|turnover|profits?
    sales|cash ?flow|employment|jobs?|savings|collateral|assets|reserves|equity|down ?payment|liquidity|finances
    financial (?:situation|position|standing|history|profile|record)|(?:bank|account) balances?
  `,
  // The less, the better; having them is no worry yet. Payments are told of in many ways, so only a share of them counts.
  burden: String.raw`
    debts? to (?:income|equity|assets?)(?: ratio)?|debt income(?: ratio)?|dti(?: ratio)?|loan to value(?: ratio)?|ltv(?: ratio)?
    debt ratio|debt servic(?:e|ing)|(?:credit |card ){0,2}utili[sz]ation(?: rates?| ratios?)?|credit usage
    liabilities|obligations|expenses|expenditures?|outgoings|spending|(?:card |credit |revolving ){1,3}balances?
    debt (?:obligations|commitments)
    (?:(?:debt|loan|mortgage) )?(?:(?:re)?payments?|instal\w+|rent|mortgage)(?= (?:takes?|took|eats?|ate|consumes?|consumed|absorbs?|absorbed|amounts?|comes?|equals?|represents?)\b)
    bills|risks?|(?:loan|requested) (?:amount|sum)|leverage|burdens?|commitments
  `,
  // The less, the better; whoever has them and says no more has a worry.
  debt: String.raw`debts?(?: burdens?| loads?| levels?)?|indebtedness|ow(?:e|es|ed|ing)`,
  // Payments stand here only where none was made, so that what denies them makes them a worry.
  paid: String.raw`
    (?:pays|paid|paying)(?: it| them| all| everything)?(?: \w+)? (?:off|back|down|in full)|repa(?:id|ys)|settle[ds]?
    clear(?:s|ed)|resolved|redeemed|forgiven|caught up|brought current|gone|paid|pays
    payments?(?<=\bno (?:\w+ )?payments?)(?= (?:has|have|had|was|were) (?:ever |yet |been ){0,2}(?:made|received|credited)(?! late)\b)
    payments?(?<=\b(?:made|makes?|making|received) no (?:\w+ )?payments?)(?! late)
    payments?(?<=(?:\bnot|\bnever|n't|\bwithout) (?:made|make|making) (?:[\w']+ ){0,3}payments?)(?! late)
  `,
  low: String.raw`
    a (?:tenth|fifth|quarter|third|fraction) of|low(?:er|est)?|small(?:er|est)?|tiny|little|minimal|minor|negligible
    insignificant|trivial|slight|limited|few(?:er)?|short|thin|scarce|scant|meag(?:re|er)|light
    falling|fell|fallen|shrinking|shrunk|declin(?:ing|ed)|(?:only|just|merely)(?= [$€£]? ?\d)|halved|plummeted
    plunged|slumped|tumbled|dropp(?:ing|ed)|decreas(?:ing|ed)|reduced|dwindling
  `,
  high: String.raw`
    high(?:er|est)?|heav(?:y|ily)|large|larger|big|bigger|huge|enormous|massive|serious|severe|significant
    substantial|considerable|sizable|sizeable|excessive(?:ly)?|elevated|mounting|growing|grown|rising|risen
    increas(?:ing|ed)|steep|deep|deeply|crushing|overwhelming|crippling|soar(?:ing|ed)|spiral\w+|balloon\w+|doubled
    tripled|too (?:much|many)|exorbitant|extreme|staggering|burdensome
  `,
  under: String.raw`
    (?:within|inside|below|under|less than)(?: [\w']+){0,3} ${bounds}|within|below|under(?= the |a |\d)|less than
    (?:dwarfed|outweighed) by|(?:exceeded|surpassed) by(?= (?:his|her|their|our|my|its)\b)
    inside|falls? short
  `,
  over: String.raw`
    (?:outside|above|over|beyond|exceed(?:s|ed|ing)?)(?: [\w']+){0,3} ${bounds}
    (?:close to|near|at) (?:the|its|their|his|her) (?:limits?|max(?:imum)?)|above|beyond|outside
    (?:most|all|the bulk|(?:more than|over) half|two thirds|three quarters) of(?= (?:[\w']+ ){1,3}${pay}\b)
    over(?= \d+(?:[.,]\d+)? ?(?:%|per))|exceed(?:s|ed|ing)?|more than|surpass\w*|outweigh\w*|dwarf\w*
  `,
  // Reassurances; the first say how something is done, and so belong to what stands before them.
  well: String.raw`
    on time|(?:on|ahead of) schedule|in time|up to date|timely|punctual(?:ly)?|prompt(?:ly)?|in check|under control
    in order(?! to)|in good standing|covered (?:by|with)
    (?:well|easily|comfortably|properly) (?:managed?|handled?|covered|controlled|serviced)|comfortably|easily|easy
  `,
  good: String.raw`
    dependable|ample|modest|moderate|conservative|robust|prudent|manageable|affordable|sustainable|acceptable|reasonabl[ey]|reliabl[ey]|stable
    steady|steadily|secure|regular(?:ly)?|consistent(?:ly)?|solid|sound|healthy|strong|good|excellent|spotless|clean
    impeccable|flawless|exemplary|solvent|credit ?worthy|trustworthy|employed|sufficient|adequate|enough|verified
    verifiable|documented|permanent|comfortable|f(?:ind|ound) (?:\w+ )?(?:work|jobs?|employment)|responsibl[ey]
    worked(?<=(?:\bnot|\bnever|n't) worked)(?= since| (?:for|in) (?:[\w']+ ){1,3}(?:weeks?|months?|years?)\b)
    able to|afford|keep up|make ends meet|favou?rable|gainful
  `,
  // What only counts if somebody cannot do it.
  do: String.raw`(?:re)?pay|meets?|covers?|suffices?|service|save|manage|handle|honou?r`,
  comma: String.raw`,`,
  stop: String.raw`[.!?;](?!\d)|\n`,
  percent: String.raw`\d+(?:[.,]\d+)? ?(?:%|per ?cent|pct)|(?<!\d)0?\.\d+`,
  number: String.raw`[\d,]*\d(?:\.\d+)?`,
  other: String.raw`[\w']+|[^\w\s]`,
}

export type TokenKind = keyof typeof lexicon
