/** A benchmark: a name that scripts rely on, what it measures beside what, and how. */
import type { EngineHost } from './engine-host.ts'
import type { EnginePair } from './engine-pair.ts'
import type { BenchPanel } from './panel.ts'

export const FIGURE_NAMES = [
  've-create-init-vs-lxc',
  've-create-ssh-vs-lxc',
  'agent-call-vs-ssh',
  'rss-web-mb',
  'rss-worker-mb',
  'rss-agent-mb',
  'up-fresh-s',
  've-cpu-vs-host',
  've-fs-vs-host',
  've-loopback-vs-host',
  've-veth-vs-host',
  'idle-ve-mb',
  'start-200th-vs-1st',
  'cpu-weight-error',
  'sampling-200-ves-cores',
  'neighbour-latency-worst',
  'live-gap-s',
  'live-gap-vs-crun',
  'live-total-vs-ssh',
  'heap-512-freeze-s',
] as const
export type FigureName = (typeof FIGURE_NAMES)[number]

/** `runs` are the single measurements, `value` their median. */
export type Figure = { name: FigureName; value: number; unit: string; runs: number[]; note: string }

export type Measured = { unit: string; runs: number[]; note: string }

/** What benchmarks measure on, each raised once for all that ask for it. */
export type Stage = {
  /** A panel with one lab host. */
  panel(): Promise<BenchPanel>
  /** A lab host with the agent and no panel. */
  engine(): Promise<EngineHost>
  /** Two of them. */
  pair(): Promise<EnginePair>
  say(line: string): void
}

export type Bench = {
  names: readonly FigureName[]
  /** Root on Linux, for a lab host. */
  needsRoot: boolean
  /** Fills in one measurement per name. */
  measure(stage: Stage): Promise<Partial<Record<FigureName, Measured>>>
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
