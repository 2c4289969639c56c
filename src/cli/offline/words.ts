/**
 * The words that the scripted model knows in an English loan application. A kind is a list of phrases; the first kind
 * that has a phrase wins, so longer phrases stand before the words in them. A space stands for a hyphen, too.
 */
const bounds = '(?:ranges?|limits?|levels?|bounds|guidelines?|norms?|thresholds?|maximum|max)'

const vocabulary = {
  // Words that say something else than they would alone.
  word: [
    'no doubt|not (?:only|just|merely)|no (?:more|less|fewer|later|sooner) than|no (?:stranger|need) to|nothing but',
    "debts? free|without (?:fail|delay|difficulty|trouble|problems?|issues?)|by default|small business(?:es)?|jobs? changes?|debt consolidation|(?:consolidat|refinanc)\\w+ (?:[\\w']+ ){0,5}debts?|limited (?:company|liability|partnership)",
    '(?:relative|compared|in (?:relation|proportion|comparison)) (?:to|with) (?:\\w+ ){0,2}(?:income|earnings|salary)',
    "(?:a|one|two|three|four|five|six|[1-6]|few|several) years? ago|(?:quite )?a few|paid(?= (?:[\\w']+ ){0,4}late\\b)",
  ],
  // The second takes back what was said before it: "defaults: none".
  not: [
    "no longer|not yet|no|not|never|without|neither|nor|none of|cannot|\\w+n't|(?:do|does|did|is|are|was|has|have|ca)nt",
    'hardly|barely|scarcely|rarely|seldom|unlikely|free (?:of|from)|clear of|out of(?= debt|arrears)|far from',
    'anything but|by no means|rather than|instead of|less than(?= good|ideal|perfect|reliable|stable|stellar|spotless)',
    'lack(?:s|ed|ing)?(?: of)?|absence of|avoid(?:s|ed|ing)?|(?:un|not )able to|fail(?:s|ed|ing)? to|failure to',
    'refus(?:es|ed|ing) to|(?<!\\b(?:be|is|are|was|were|been|being) )used to|zero|nobody|0(?![.,]?\\d| ?%| per)',
  ],
  nothing: ['nothing|none|nil|n/a'],
  // Where a new thought begins, at which what was said before ends.
  turn: [
    '(?:al|even )?though|but|however|yet|whereas|while|whilst|despite|in spite of|except|because|who|whose|when',
    'makes? up for|apart from|aside from|other than|nevertheless|nonetheless',
  ],
  and: ['and|as well as|plus|&'],
  or: ['or'],
  is: [
    'is|are|was|were|be|been|being|remains?|remained|stands?|stays?|stayed|seems?|looks?|appears?|keeps?|kept|became',
    'becomes?|gets?|got|has|have|had',
  ],
  past: [
    '(?:seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|many|[7-9]|[1-9]\\d) years ago|decades? ago',
    'years ago|long ago',
  ],
  // Worries that end when they are paid.
  due: [
    '(?:late|missed|skipped|overdue|unpaid) (?:re)?payments?|(?:unpaid|overdue) (?:bills?|invoices?|taxes|rent|debts?)',
    'default(?:s|ed|ing)?|arrears|delinquen(?:t|cy|cies)|overdue|past due|unpaid|overdrafts?|overdrawn|liens?',
    'collections?(?! of)|charge[sd]? offs?|writ(?:ten|e) offs?|judge?ments|(?:court|tax) judge?ment|judge?ment against',
    'miss(?:es|ed|ing)?|skip(?:s|ped|ping)?|bounced|non ?payments?|(?:fell|falls|fallen|falling|months?|weeks?|payments?|is|are|was|were|been|am|gets?|got|far|slightly) behind|behind (?:on|with|in)',
    "(?:pays?|paying) (?:[\\w']+ ){0,4}late|late(?= (?:\\w+ )?(?:fees?|charges?|instal\\w+|bills?|rent)\\b)",
    '(?<=\\b(?:was|were|been|is|are|always|often|repeatedly|frequently|days|weeks|months|never|paid|payments?) )late',
    "late (?:with|on|again)|late(?<=paid (?:[\\w']+ ){0,4}late)|(?:pay ?day|title) loans?|fines",
  ],
  // Worries that stay what they are.
  worry: [
    'unemploy(?:ed|ment)|jobless|out of (?:a job|work)|between jobs|laid off|dismissed|made redundant|was fired',
    '(?:lost|loses?|losing) (?:(?:his|her|their|my|the|a|its) )?(?:\\w+ )?(?:jobs?|position|post|work|employment|income)|(?:job|income) loss',
    '(?:frequent|constant)(?:ly)? (?:job changes|chang\\w+ jobs?|job hopping)|job hopp\\w+|gaps? in (?:\\w+ )?(?:employment|work|income|history)|(?:employment|income|work|unexplained) gaps?',
    'bankrupt(?:cy|cies)?|insolven(?:t|cy|cies)|foreclos\\w+|repossess\\w*|evict\\w*|garnish\\w*|lawsuits?|bailiffs?|criminal|convicted|pawn\\w*|homeless|destitute|penniless|desperate(?:ly)?',
    'over ?(?:indebted|extended|stretched|leveraged|spen\\w+)|(?:heavily |deeply )?indebted|maxed(?: out)?|exhausted',
    'up to (?:the|their|his|her|its) limits?|out of (?:control|hand)|debt (?:collect\\w+|relief|counsel\\w+|ridden|management)',
    '(?:owe|spend)\\w* (?:far |much )?more than (?:\\w+ ){1,2}(?:earn|make|bring|own)\\w*',
    '(?:beyond|above) (?:his|her|their|my|our|its) means|(?:was|were|been|got) (?:declined|denied|rejected|refused)',
    'turned down|turned away|struggl\\w+|strain(?:s|ed)?|troubl\\w+|difficult(?:y|ies)|problem(?:s|atic)?|hardships?|issues(?! (?:an?|the|his|her|its|their|new|invoices?|shares?|bonds?)\\b)',
    'concern(?:s|ing)?|red flags?|warning signs?|blemish(?:es|ed)?|derogatory|negative|doubt(?:s|ful)?|questionable',
    'dubious|suspicious|risky|reckless\\w*|irresponsibl[ey]|fraud\\w*|gambl\\w+|speculat\\w+|unrealistic|unclear',
    'unstable|unsteady|unreliabl[ey]|irregular\\w*|erratic\\w*|sporadic\\w*|volatile|fluctuat\\w+|inconsistent\\w*',
    'precarious|uncertain|insecure|shaky|unpredictabl[ey]|insufficient\\w*|inadequate\\w*|unaffordable|unsustainable',
    'unmanageable|unacceptabl[ey]|unhealthy|unverifi\\w+|undocumented|unexplained|worr(?:y|ies|ying|isome)|alarming',
    'losses|in the red|deficits?|shortfalls?|depleted|drained|collapsed|chequered|checkered|patchy|spotty|swallows?|up to (?:his|her|their) (?:neck|ears|eyes)',
    "spent all|used up|r[au]ns? out|running out|(?:job|contract|position) (?:[\\w']+ ){0,4}(?:ends|expires)|ruined|fail(?:ed|ing)",
    'broke|bounced|terminated|suspended|forbearance|shrinks?|seriously ill|temporary|probation(?:ary)?|zero hours',
    'poor(?:ly)?|bad(?:ly)?|weak(?:ness\\w*)?|terrible|horrible|awful|subprime|damaged|tarnished|mediocre|adverse',
  ],
  // The more, the better. These stand before the burdens, of which some hold their words, and the other way round.
  asset: [
    'debt service coverage(?: ratio)?|credit (?:scores?|histor(?:y|ies)|record|ratings?|reports?|file|standing|profile)',
    'credit worthiness|(?:re)?payment (?:history|record|capacity|behaviou?r)|(?:employment|work|job) (?:history|record)',
    'track record|job security|fico(?: score)?|scores?|rating|incomes?|salar(?:y|ies)|wages?|earnings|revenues?|turnover',
    'profits?|sales|cash ?flow|employment|jobs?|savings|collateral|assets|reserves|equity|down ?payment|liquidity',
    'finances|financial (?:situation|position|standing|history|profile|record)|(?:bank|account) balances?',
  ],
  // The less, the better; having them is no worry yet.
  burden: [
    'debts? to income(?: ratio)?|debt income(?: ratio)?|dti(?: ratio)?|loan to value(?: ratio)?|ltv(?: ratio)?',
    'debt ratio|debt servic(?:e|ing)|(?:credit |card ){0,2}utili[sz]ation(?: rates?| ratios?)?|credit usage',
    'liabilities|obligations|expenses|expenditures?|outgoings|spending|(?:card |credit |revolving ){1,3}balances?|bills',
    'risks?|(?:loan|requested) (?:amount|sum)|leverage|burdens?|commitments',
  ],
  // The less, the better; whoever has them and says no more has a worry.
  debt: ['debts?(?: burdens?| loads?| levels?)?|indebtedness|ow(?:e|es|ed|ing)'],
  paid: [
    '(?:pays|paid|paying)(?: it| them| all| everything)?(?: \\w+)? (?:off|back|down|in full)|repa(?:id|ys)|settle[ds]?',
    'clear(?:s|ed)|resolved|redeemed|forgiven|caught up|brought current|gone|paid|pays',
  ],
  low: [
    'a (?:tenth|fifth|quarter|third|fraction) of|low(?:er|est)?|small(?:er|est)?|tiny|little|minimal|minor|negligible|insignificant|trivial|slight|limited|few(?:er)?',
    'modest|moderate|short|thin|scarce|scant|meag(?:re|er)|light|falling|fell|fallen|shrinking|shrunk|declin(?:ing|ed)',
    '(?:only|just|merely)(?= [$\u20ac\u00a3]? ?\\d)|halved|plummeted|plunged|slumped|tumbled|dropp(?:ing|ed)|decreas(?:ing|ed)|reduced|dwindling|conservative',
  ],
  high: [
    'high(?:er|est)?|heav(?:y|ily)|large|larger|big|bigger|huge|enormous|massive|serious|severe|significant|substantial',
    'considerable|sizable|sizeable|excessive(?:ly)?|elevated|mounting|growing|grown|rising|risen|increas(?:ing|ed)|steep',
    'deep|deeply|crushing|overwhelming|crippling|soar(?:ing|ed)|spiral\\w+|balloon\\w+|doubled|tripled|too (?:much|many)',
    'exorbitant|extreme|staggering|burdensome',
  ],
  under: [
    `(?:within|inside|below|under|less than)(?: [\\w']+){0,3} ${bounds}|within|below|under(?= the |a |\\d)|less than|inside`,
    'falls? short',
  ],
  over: [
    `(?:outside|above|over|beyond|exceed(?:s|ed|ing)?)(?: [\\w']+){0,3} ${bounds}|(?:close to|near|at) (?:the|its|their|his|her) (?:limits?|max(?:imum)?)|above|beyond|outside`,
    'over(?= \\d+(?:[.,]\\d+)? ?(?:%|per))|exceed(?:s|ed|ing)?|more than|surpass\\w*|outweigh\\w*|dwarf\\w*',
  ],
  // Reassurances; the first say how something is done, and so belong to what stands before them.
  well: [
    'on time|(?:on|ahead of) schedule|in time|up to date|timely|punctual(?:ly)?|prompt(?:ly)?|in check|under control|in order',
    'in good standing|covered (?:by|with)|(?:well|easily|comfortably|properly) (?:managed?|handled?|covered|controlled|serviced)|comfortably',
    'easily|easy',
  ],
  good: [
    'dependable|ample|robust|prudent|manageable|affordable|sustainable|acceptable|reasonabl[ey]|reliabl[ey]|stable|steady|steadily|secure|regular(?:ly)?',
    'consistent(?:ly)?|solid|sound|healthy|strong|good|excellent|spotless|clean|impeccable|flawless|exemplary|solvent',
    'credit ?worthy|trustworthy|employed|sufficient|adequate|enough|verified|verifiable|documented|permanent|comfortable',
    'f(?:ind|ound) (?:\\w+ )?(?:work|jobs?|employment)|responsibl[ey]|afford|keep up|make ends meet|favou?rable|gainful',
  ],
  // What only counts if somebody cannot do it.
  do: ['(?:re)?pay|meet|cover|service|save|manage|handle|honou?r'],
  comma: [','],
  stop: ['[.!?;](?!\\d)|\\n'],
  percent: ['\\d+(?:[.,]\\d+)? ?(?:%|per ?cent|pct)|0?\\.\\d+'],
  number: ['[\\d,]*\\d'],
  other: ["[\\w']+|[^\\w\\s]"],
} as const

export type Kind = keyof typeof vocabulary
/** A word or phrase of a text, and where it stands there. */
export type Word = { readonly kind: Kind; readonly text: string; readonly start: number; readonly end: number }

const marks: readonly Kind[] = ['comma', 'stop', 'percent', 'other']
const kinds = Object.keys(vocabulary) as Kind[]
const lexer = new RegExp(
  // A group for each kind, in order; a phrase ends where a word does.
  kinds.map((kind) => `(${vocabulary[kind].join('|')})${marks.includes(kind) ? '' : String.raw`(?!\w)`}`).join('|'),
  'gi',
)

/** The phrases of a text, and the text that they are parts of. */
export function wordsOf(said: string): { readonly text: string; readonly words: readonly Word[] } {
  const lines = said.replaceAll('\u2019', "'").replaceAll(/[^\S\n]+/g, ' ')
  // A line that begins an entry or a sentence is one of its own; other lines are broken in the midst of a sentence.
  const text = lines.replaceAll(/ ?\n[ \n]*/g, (space, at: number) =>
    /\n ?\n/.test(space) || /[-*\u2022\p{Lu}\d]/u.test(lines[at + space.length] ?? '') ? '\n' : ' ',
  )
  const spaced = text.replaceAll(/(?<=\w)-(?=\w)/g, ' ')
  const words: Word[] = []
  lexer.lastIndex = 0
  for (let match = lexer.exec(spaced); match; match = lexer.exec(spaced)) {
    const { index: start, 0: found } = match
    const group = match.findIndex((part, at) => at > 0 && part !== undefined)
    words.push({ kind: kinds[group - 1] ?? 'other', text: found.toLowerCase(), start, end: start + found.length })
  }
  return { text, words }
}
