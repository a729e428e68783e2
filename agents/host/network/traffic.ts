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
import { type CountedSeries, countText, parseCounters, trafficTable } from './traffic-counters.ts'

type Ve = { veid: number }
type Counted = Ve & { interfaces: readonly Pick<VeInterface, 'index'>[] }

/** `settled`: the last series that is in the base, so that none is added twice. */
type TrafficRecord = { base: VeTraffic['base']; settled: string }

const record = (veid: number) => `${vePaths(veid).home}/traffic.json`
const seriesName = (sys: Sys, { ticks }: CountedSeries) => `${bootId(sys)}:${ticks}`

/** The host's ends have to be there. Told again it goes on counting, at these interfaces. */
export function convergeTraffic(sys: Sys, { veid, interfaces }: Counted, initPid: number): void {
  const text = countText(
    veid,
    interfaces.map(({ index }) => index),
    startTicks(sys, initPid) ?? 0,
  )
  mustRun(sys, ['nft', '-f', '-'], { stdin: text })
}

export const attachTraffic = convergeTraffic

/**
 * Ends the series: adds it to the base and stops counting. Repeated after a crash at any point it adds nothing twice; without a
 * series it does nothing.
 */
export function settleTraffic(sys: Sys, { veid }: Ve): void {
  const table = ['table', 'netdev', trafficTable(veid)]
  const listed = sys.run(['nft', '-j', 'list', 'counters', ...table])
  if (listed.code !== 0) return
  const series = parseCounters(listed.stdout).get(veid)
  if (series !== undefined) addToBase(sys, veid, series)
  mustRun(sys, ['nft', 'delete', ...table])
}

function addToBase(sys: Sys, veid: number, series: CountedSeries): void {
  const name = seriesName(sys, series)
  const { base, settled } = readJson<TrafficRecord>(sys, record(veid)) ?? { base: NOTHING, settled: '' }
  const silent = series.inBytes + series.outBytes === 0
  if (settled === name || silent || sys.stat(vePaths(veid).home) === null) return
  const sum: TrafficRecord = {
    base: { inBytes: base.inBytes + series.inBytes, outBytes: base.outBytes + series.outBytes },
    settled: name,
  }
  replaceFileDurably(sys, record(veid), JSON.stringify(sum))
}

const NOTHING: VeTraffic['base'] = { inBytes: 0, outBytes: 0 }

/** Of all these VEs at once: one run of nft(8), however many. */
export function readTraffic(sys: Sys, ves: readonly Ve[]): Map<number, VeTraffic> {
  const listed = ves.length === 0 ? null : sys.run(['nft', '-j', 'list', 'counters'])
  const live = listed?.code === 0 ? parseCounters(listed.stdout) : new Map<number, CountedSeries>()
  return new Map(ves.map(({ veid }) => [veid, trafficOf(sys, veid, live.get(veid))]))
}

function trafficOf(sys: Sys, veid: number, series: CountedSeries | undefined): VeTraffic {
  const stored = readJson<TrafficRecord>(sys, record(veid))
  const base = stored?.base ?? NOTHING
  const name = series === undefined ? null : seriesName(sys, series)
  // In the base already: the table is about to go.
  if (series === undefined || name === stored?.settled) return { base, live: NOTHING, series: null }
  return { base, live: { inBytes: series.inBytes, outBytes: series.outBytes }, series: name }
}
