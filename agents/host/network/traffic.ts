/**
 * What passed through a VE's interfaces. A series counts in the kernel from a start to its end, whether init halts, dies or is killed;
 * taking the VE off the kernel adds it to the base, which is on disk. A host that crashes loses the series, not the base.
 */
import type { VeTraffic } from '../../../lib/contract/agent-protocol.ts'
import type { VeInterface } from '../../../lib/contract/ve-interface.ts'
import { bootId } from '../facts/boot-id.ts'
import { vePaths } from '../paths.ts'
import { readJson, replaceFileDurably } from '../sys/files.ts'
import { startTicks } from '../sys/process-identity.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import {
  type CountedSeries,
  countText,
  EMPTY_TEXT,
  parseCounters,
  TRAFFIC_TABLE,
  uncountText,
} from './traffic-counters.ts'

type Ve = { veid: number }
type Counted = Ve & { interfaces: readonly Pick<VeInterface, 'index'>[] }

/** `settled`: the last series that went into the base, so that none is added twice. */
type TrafficRecord = { base: VeTraffic['base']; settled: string[] }

const NOTHING: VeTraffic['base'] = { inBytes: 0, outBytes: 0 }
const NONE: TrafficRecord = { base: NOTHING, settled: [] }

const record = (veid: number) => `${vePaths(veid).home}/traffic.json`
const readRecord = (sys: Sys, veid: number) => readJson<TrafficRecord>(sys, record(veid)) ?? NONE

/** For nft(8). The host's ends have to be there. Told again it goes on counting, at these interfaces. */
export function trafficText(sys: Sys, { veid, interfaces }: Counted, initPid: number): string {
  const indexes = interfaces.map(({ index }) => index)
  return countText(veid, indexes, startTicks(sys, initPid) ?? 0)
}

export function convergeTraffic(sys: Sys, counted: Counted, initPid: number): void {
  mustRun(sys, ['nft', '-f', '-'], { stdin: trafficText(sys, counted, initPid) })
}

/**
 * Ends the series: adds it to the base and stops counting. Repeated after a crash at any point it adds nothing twice; without a
 * series it does nothing.
 */
export function settleTraffic(sys: Sys, { veid }: Ve): void {
  const series = readCounters(sys).filter((each) => each.veid === veid)
  if (series.length > 0) {
    addToBase(sys, veid, series)
    mustRun(sys, ['nft', '-f', '-'], { stdin: uncountText(veid, series) })
  }
  // Even without: an agent may have been killed before this.
  sys.run(['nft', '-f', '-'], { stdin: EMPTY_TEXT })
}

function addToBase(sys: Sys, veid: number, series: readonly CountedSeries[]): void {
  const { base, settled } = readRecord(sys, veid)
  const boot = bootId(sys)
  const fresh = series.filter((each) => !settled.includes(nameOf(boot, each)))
  const inBytes = fresh.reduce((sum, each) => sum + each.inBytes, 0)
  const outBytes = fresh.reduce((sum, each) => sum + each.outBytes, 0)
  if (inBytes + outBytes === 0 || sys.stat(vePaths(veid).home) === null) return
  const sum: TrafficRecord = {
    base: { inBytes: base.inBytes + inBytes, outBytes: base.outBytes + outBytes },
    settled: series.map((each) => nameOf(boot, each)),
  }
  replaceFileDurably(sys, record(veid), JSON.stringify(sum))
}

const nameOf = (boot: string, { ticks }: CountedSeries) => `${boot}:${ticks}`

function readCounters(sys: Sys): CountedSeries[] {
  const listed = sys.run(['nft', '-j', 'list', 'counters', 'table', ...TRAFFIC_TABLE.split(' ')])
  // Without a table: no VE is counted.
  return listed.code === 0 ? parseCounters(listed.stdout) : []
}

/** Of all these VEs at once: one run of nft(8), however many. */
export function readTraffic(sys: Sys, ves: readonly Ve[]): Map<number, VeTraffic> {
  const live = ves.length === 0 ? [] : readCounters(sys)
  const boot = live.length === 0 ? '' : bootId(sys)
  const latest = new Map<number, CountedSeries>()
  for (const each of live) {
    if (each.ticks >= (latest.get(each.veid)?.ticks ?? 0)) latest.set(each.veid, each)
  }
  return new Map(ves.map(({ veid }) => [veid, trafficOf(sys, veid, latest.get(veid), boot)]))
}

function trafficOf(sys: Sys, veid: number, live: CountedSeries | undefined, boot: string): VeTraffic {
  const { base, settled } = readRecord(sys, veid)
  // In the base already: its counters are about to go.
  if (live === undefined || settled.includes(nameOf(boot, live))) return { base, live: NOTHING, series: null }
  return { base, live: { inBytes: live.inBytes, outBytes: live.outBytes }, series: nameOf(boot, live) }
}
