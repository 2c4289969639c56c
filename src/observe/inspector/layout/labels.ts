import { labelOf } from '../../../border/label.ts'
import type { IndexedState } from '../journal/indexed-chart.ts'

/** What stands at a state: its key, and the user's own name of it. */
export const stateName = ({ key, path, ownName }: Pick<IndexedState, 'key' | 'path' | 'ownName'>): string =>
  path === undefined ? key : labelOf(path.split('.').at(-1) ?? key, ownName)

const KIND_LABELS: Readonly<Record<string, string>> = {
  function: 'fn',
  llmCall: 'llm',
  openAIChat: 'chat',
  openAIPromptTemplate: 'prompt',
}

/** What kind of state it is, in a word; of a function that asks a model, which model. */
export function kindLabel({ kind, type, meta }: Pick<IndexedState, 'kind' | 'type' | 'meta'>): string {
  const { model } = (meta ?? {}) as { model?: unknown }
  if (typeof model === 'string') return truncate(model, 14)
  const own = kind ?? (type === 'final' ? 'final' : '')
  return KIND_LABELS[own] ?? own
}

export const truncate = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text

/** 950 ms, 2.39 s, 3 m 04 s. */
export function formatDuration(ms: number): string {
  if (ms < 1) return '<1 ms'
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`
  return `${Math.floor(ms / 60_000)} m ${String(Math.floor((ms % 60_000) / 1000)).padStart(2, '0')} s`
}

export const formatCost = (cost: number): string =>
  cost === 0 ? '$0' : cost < 0.01 ? `$${cost.toFixed(5)}` : `$${cost.toFixed(3)}`
export const formatCount = (number: number): string =>
  number < 10_000 ? String(number) : `${(number / 1000).toFixed(1)}k`
