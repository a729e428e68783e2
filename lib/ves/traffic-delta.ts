import type { VeTraffic } from '../contract/agent-protocol.ts'

export type Bytes = { inBytes: number; outBytes: number }

const NOTHING: Bytes = { inBytes: 0, outBytes: 0 }
const minus = (a: Bytes, b: Bytes): Bytes => ({
  inBytes: a.inBytes - b.inBytes,
  outBytes: a.outBytes - b.outBytes,
})
const plus = (a: Bytes, b: Bytes): Bytes => ({
  inBytes: a.inBytes + b.inBytes,
  outBytes: a.outBytes + b.outBytes,
})
const covers = (a: Bytes, b: Bytes): boolean => a.inBytes >= b.inBytes && a.outBytes >= b.outBytes

/**
 * What passed between two readings of a VE's counters on one host; `last` is null at the first. Pure.
 *
 * Within a series the counters grow. One that ended in order is part of `base` now; one that was lost in a crash is not, and what it
 * counted after the last reading is lost with it. A `base` that shrank was begun anew. Readings that arrive out of order count
 * for nothing.
 */
export function trafficDelta(last: VeTraffic | null, now: VeTraffic): Bytes {
  if (last === null || !covers(now.base, last.base)) return plus(now.base, now.live)
  const ended = minus(now.base, last.base)
  if (last.series !== null && now.series === last.series)
    return covers(now.live, last.live) ? plus(ended, minus(now.live, last.live)) : NOTHING
  const counted = last.series === null ? NOTHING : last.live
  const rest = covers(ended, counted) ? minus(ended, counted) : ended
  return plus(rest, now.live)
}
