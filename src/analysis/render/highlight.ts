/** What stands out in a picture, by the path of the function. */
export type Highlight = 'missed' | 'partly' | 'covered' | 'added' | 'removed' | 'changed'
export type Highlights = ReadonlyMap<string, Highlight>

type HighlightStyle = { readonly fill: string; readonly line: string; readonly text: string; readonly dashed?: boolean }

/** Distinct without colours too: what is uncovered or removed is dashed. */
export const highlightStyles: Readonly<Record<Highlight, HighlightStyle>> = {
  missed: { fill: '#fde7e7', line: '#c62828', text: '#8e1b1b', dashed: true },
  partly: { fill: '#fff4d6', line: '#b7791f', text: '#7a4f0f' },
  covered: { fill: '#e8f5e9', line: '#2e7d32', text: '#1b5e20' },
  added: { fill: '#e8f5e9', line: '#2e7d32', text: '#1b5e20' },
  removed: { fill: '#fde7e7', line: '#c62828', text: '#8e1b1b', dashed: true },
  changed: { fill: '#fff4d6', line: '#b7791f', text: '#7a4f0f' },
}
