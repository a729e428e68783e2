/** Counters of traffic as nft(8) knows them: pure. */
import { hostEnd } from './interface-plan.ts'

/** `ticks`: start time of the init whose traffic it is; counters cannot outlive the boot. */
export type CountedSeries = { ticks: number; inBytes: number; outBytes: number }

export function trafficTable(veid: number): string {
  return `corral-ve${veid}-traffic`
}

const counter = (direction: 'in' | 'out', ticks: number) => `${direction}-${ticks}`

/**
 * Counts at the host's ends, so that a packet costs the same however many VEs there are: what the VE sends after the guard (-400) let
 * it pass and before it may be held up (1000), what goes to it when all filters of the host have let it pass. The counters are the
 * table's, not the chains': they stay when the devices go, and when the interfaces change.
 */
export function countText(veid: number, indexes: readonly number[], ticks: number): string {
  const table = `netdev ${trafficTable(veid)}`
  const devices = indexes.map((index) => `"${hostEnd(veid, index)}"`).join(', ')
  const chain = (direction: 'in' | 'out', hook: 'ingress' | 'egress') => [
    // Made, if it is not there, to be deleted: its devices may be others.
    `add chain ${table} ${direction}`,
    `delete chain ${table} ${direction}`,
    ...(indexes.length === 0
      ? []
      : [
          `add chain ${table} ${direction} { type filter hook ${hook} devices = { ${devices} } priority -100; }`,
          `add rule ${table} ${direction} counter name "${counter(direction, ticks)}"`,
        ]),
  ]
  const lines = [
    `add table ${table}`,
    `add counter ${table} ${counter('in', ticks)}`,
    `add counter ${table} ${counter('out', ticks)}`,
    ...chain('in', 'egress'),
    ...chain('out', 'ingress'),
  ]
  return `${lines.join('\n')}\n`
}

type Listed = { nftables?: { counter?: { table: string; name: string; packets: number; bytes: number } }[] }

/** On its way out of a device a packet has its Ethernet header, on its way in no more: both count without. */
const ETHERNET_HEADER = 14

/** What `nft -j list counters` printed, by the veid. */
export function parseCounters(text: string): Map<number, CountedSeries> {
  const found = new Map<number, CountedSeries>()
  for (const { counter } of (JSON.parse(text) as Listed).nftables ?? []) {
    const veid = /^corral-ve(\d+)-traffic$/.exec(counter?.table ?? '')?.[1]
    const [, direction, ticks] = /^(in|out)-(\d+)$/.exec(counter?.name ?? '') ?? []
    if (counter === undefined || veid === undefined || ticks === undefined) continue
    const series = found.get(Number(veid)) ?? { ticks: Number(ticks), inBytes: 0, outBytes: 0 }
    if (direction === 'out') series.outBytes += counter.bytes
    else series.inBytes += counter.bytes - counter.packets * ETHERNET_HEADER
    found.set(Number(veid), series)
  }
  return found
}
