/** Samples of one host gathered into minutes: what is held as a mean, what is counted as it was read last. */
import type { ObservedVe, WatchSample } from '../contract/agent-protocol.ts'
import { BEANCOUNTER_NAMES } from '../contract/beancounters.ts'
import type { UsageReading } from './usage-delta.ts'

export const GAUGES = ['memoryBytes', 'swapBytes', 'processes', 'diskBytes', 'inodes'] as const
export type Gauge = (typeof GAUGES)[number]

/** One VE in one minute; means are whole numbers, null where no sample told. */
export type VeMinute = Record<Gauge, number | null> & {
  uuid: string
  samples: number
  /** In the order of BEANCOUNTER_NAMES. */
  held: number[] | null
  reading: UsageReading
}
/** `at`: where the minute begins, by the panel's clock. Only VEs that ran. */
export type Minute = { at: Date; ves: VeMinute[] }

type Gathered = {
  samples: number
  sums: Map<Gauge, [number, number]>
  held: number[]
  heldSamples: number
  reading: UsageReading
}

const MINUTE_MS = 60_000

export class MinuteGatherer {
  private at = 0
  private ves = new Map<string, Gathered>()

  /** Answers with the minute that is over, when `now` is in another one than the samples before. */
  add(sample: Pick<WatchSample, 'at' | 'ves'>, now: number): Minute | null {
    const at = Math.floor(now / MINUTE_MS) * MINUTE_MS
    const over = at === this.at ? null : this.take()
    this.at = at
    for (const ve of sample.ves) if (ve.state === 'running') this.gather(ve, sample.at)
    return over
  }

  /** What was gathered so far; null when there is nothing. */
  take(): Minute | null {
    if (this.ves.size === 0) return null
    const minute = {
      at: new Date(this.at),
      ves: [...this.ves].map(([uuid, gathered]) => toMinute(uuid, gathered)),
    }
    this.ves = new Map()
    return minute
  }

  private gather(ve: ObservedVe, at: number): void {
    const {
      sums,
      samples = 0,
      held = BEANCOUNTER_NAMES.map(() => 0),
      heldSamples = 0,
    } = this.ves.get(ve.uuid) ?? {
      sums: new Map<Gauge, [number, number]>(),
    }
    for (const [gauge, value] of Object.entries(gaugesOf(ve)) as [Gauge, number | null][]) {
      if (value === null) continue
      const [sum, count] = sums.get(gauge) ?? [0, 0]
      sums.set(gauge, [sum + value, count + 1])
    }
    const { beancounters } = ve
    this.ves.set(ve.uuid, {
      samples: samples + 1,
      sums,
      held: beancounters ? held.map((sum, index) => sum + heldAt(beancounters, index)) : held,
      heldSamples: heldSamples + (beancounters ? 1 : 0),
      reading: readingOf(ve, at),
    })
  }
}

type Beancounters = NonNullable<ObservedVe['beancounters']>
const nameAt = (index: number) => BEANCOUNTER_NAMES[index] as (typeof BEANCOUNTER_NAMES)[number]
const heldAt = (set: Beancounters, index: number) => set[nameAt(index)].held

function gaugesOf({
  memoryBytes,
  processes,
  beancounters,
  fileSystem,
  diskUsedBytes,
}: ObservedVe): Record<Gauge, number | null> {
  return {
    memoryBytes,
    swapBytes: beancounters?.swappages.held ?? null,
    processes,
    diskBytes: fileSystem?.usedBytes ?? diskUsedBytes,
    inodes: fileSystem?.usedInodes ?? null,
  }
}

function readingOf(
  { startedAt, traffic, cpuMicroseconds, beancounters }: ObservedVe,
  at: number,
): UsageReading {
  const failed = beancounters ? BEANCOUNTER_NAMES.map((name) => beancounters[name].failcnt) : null
  return { at, startedAt, traffic, cpuMicroseconds, failed }
}

function toMinute(uuid: string, { samples, sums, held, heldSamples, reading }: Gathered): VeMinute {
  const mean = (gauge: Gauge) => {
    const [sum, count] = sums.get(gauge) ?? [0, 0]
    return count === 0 ? null : Math.round(sum / count)
  }
  const means = Object.fromEntries(GAUGES.map((gauge) => [gauge, mean(gauge)])) as Record<
    Gauge,
    number | null
  >
  return {
    uuid,
    samples,
    ...means,
    held: heldSamples === 0 ? null : held.map((sum) => Math.round(sum / heldSamples)),
    reading,
  }
}
