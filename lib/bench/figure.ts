/** A benchmark: a name that scripts rely on, what it measures beside what, and how. */
import type { BenchPanel } from './panel.ts'

export const FIGURE_NAMES = [
  've-create-init-vs-lxc',
  've-create-ssh-vs-lxc',
  'agent-call-vs-ssh',
  'rss-web-mb',
  'rss-worker-mb',
  'rss-agent-mb',
  'up-fresh-s',
] as const
export type FigureName = (typeof FIGURE_NAMES)[number]

/** `runs` are the single measurements, `value` their median. */
export type Figure = { name: FigureName; value: number; unit: string; runs: number[]; note: string }

export type Measured = { unit: string; runs: number[]; note: string }

export type Bench = {
  names: readonly FigureName[]
  /** A panel with one lab host: raised once for all that ask for it. Needs root on Linux. */
  needsPanel: boolean
  /** Fills in one measurement per name. */
  measure(
    panel: () => Promise<BenchPanel>,
    say: (line: string) => void,
  ): Promise<Partial<Record<FigureName, Measured>>>
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  const lower = sorted.length % 2 === 1 ? upper : sorted[middle - 1]
  if (upper === undefined || lower === undefined) throw new Error('No measurement was made.')
  return (upper + lower) / 2
}

/** Pairs taken one after the other, so that drift of the machine's speed hits both sides: the ratio pair by pair. */
export function ratios(ours: readonly number[], peers: readonly number[]): number[] {
  return ours.map((value, index) => value / (peers[index] ?? Number.NaN))
}
