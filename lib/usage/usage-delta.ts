/** What a VE used between two readings of its counters on one host. Pure. */
import type { VeTraffic } from '../contract/agent-protocol.ts'
import { trafficDelta } from '../ves/traffic-delta.ts'

/** As the host counts; kept as JSON in ve_usage_reading. */
export type UsageReading = {
  /** By the host's clock, in milliseconds. */
  at: number
  /** When the run began; null while it does not run. */
  startedAt: number | null
  traffic: VeTraffic
  /** Since the run began. */
  cpuMicroseconds: number | null
  /** Refusals since the run began, in the order of BEANCOUNTER_NAMES. */
  failed: number[] | null
}

/** `seconds`: how long the counters ran; 0 when what they counted meanwhile is not known. */
export type UsageDelta = {
  seconds: number
  cpuMicroseconds: number
  inBytes: number
  outBytes: number
  failed: number[] | null
}

/** Nobody looked for longer than that: a mean over such a time would say nothing of any minute of it. */
export const GAP_MOST_MS = 600_000

/**
 * Within one run counters grow. Those of another run began at 0, and a counter that shrank was begun anew. A first reading
 * counts from the start of the run, when that was a moment ago; a run from before is counted from now on.
 */
export function usageDelta(last: UsageReading | null, now: UsageReading): UsageDelta {
  const from = last?.at ?? now.startedAt ?? now.at
  const gap = now.at - from
  const known = gap > 0 && gap <= GAP_MOST_MS
  const failed = last || known ? grown(sameRun(last, now) ? (last?.failed ?? null) : null, now.failed) : null
  if (!known) return { seconds: 0, cpuMicroseconds: 0, inBytes: 0, outBytes: 0, failed }
  const before = sameRun(last, now) ? (last?.cpuMicroseconds ?? 0) : 0
  const cpu = now.cpuMicroseconds ?? 0
  return {
    seconds: gap / 1000,
    cpuMicroseconds: cpu >= before ? cpu - before : cpu,
    ...trafficDelta(last?.traffic ?? null, now.traffic),
    failed,
  }
}

/** The series of traffic names the run: "<boot>:<start ticks>". */
function sameRun(last: UsageReading | null, now: UsageReading): boolean {
  return last !== null && last.traffic.series === now.traffic.series
}

function grown(before: number[] | null, now: number[] | null): number[] | null {
  if (now === null) return null
  return now.map((count, index) => {
    const was = before?.[index] ?? 0
    return count >= was ? count - was : count
  })
}
