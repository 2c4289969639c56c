/** What is written in a picture: each has its own size and weight. */
export type Font = 'name' | 'kind' | 'facts' | 'label'
/** How wide a text is, in px. */
export type Measure = (text: string, font: Font) => number

const PER_CHARACTER: Readonly<Record<Font, number>> = { name: 7.6, kind: 6, facts: 6.6, label: 6.4 }

/** Where there is no screen to measure on: an ordinary text in an ordinary font is about so wide. */
export const estimateWidth: Measure = (text, font) => text.length * PER_CHARACTER[font]
