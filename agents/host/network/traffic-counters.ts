/** Counters of traffic as nft(8) knows them: pure. */
import { hostEnd } from './interface-plan.ts'

/** `ticks`: start time of the init whose traffic it is; counters cannot outlive the boot. */
export type CountedSeries = { veid: number; ticks: number; inBytes: number; outBytes: number }

/** One for all VEs: read at once, 400 counters take 4 ms, and 55 ms in a table per VE. */
export const TRAFFIC_TABLE = 'netdev corral-traffic'

const counter = (veid: number, direction: 'in' | 'out', ticks: number) => `ve${veid}-${direction}-${ticks}`
const chain = (veid: number, direction: 'in' | 'out') => `${TRAFFIC_TABLE} ve${veid}-${direction}`
/** Of no hook: while it refers to "kept", the table is not taken away. */
const keeper = (veid: number) => `${TRAFFIC_TABLE} ve${veid}`

/** Without its chains, whether they are there or not: with a device the kernel may have taken them. */
const withoutChains = (veid: number) =>
  (['in', 'out'] as const).flatMap((direction) => [
    `add chain ${chain(veid, direction)}`,
    `delete chain ${chain(veid, direction)}`,
  ])

/**
 * Counts at the host's ends, so that a packet costs the same however many VEs there are: what the VE sends after the guard (-400) let
 * it pass and before it may be held up (1000), what goes to it when all filters of the host have let it pass. The counters are the
 * table's, not the chains': they stay when the devices go, and when the interfaces change.
 */
export function countText(veid: number, indexes: readonly number[], ticks: number): string {
  const devices = indexes.map((index) => `"${hostEnd(veid, index)}"`).join(', ')
  const counting = (direction: 'in' | 'out', hook: 'ingress' | 'egress') => [
    `add chain ${chain(veid, direction)} { type filter hook ${hook} devices = { ${devices} } priority -100; }`,
    `add rule ${chain(veid, direction)} counter name "${counter(veid, direction, ticks)}"`,
  ]
  return text([
    `add table ${TRAFFIC_TABLE}`,
    `add chain ${TRAFFIC_TABLE} kept`,
    `add chain ${keeper(veid)}`,
    `flush chain ${keeper(veid)}`,
    `add rule ${keeper(veid)} jump kept`,
    `add counter ${TRAFFIC_TABLE} ${counter(veid, 'in', ticks)}`,
    `add counter ${TRAFFIC_TABLE} ${counter(veid, 'out', ticks)}`,
    ...withoutChains(veid),
    ...(indexes.length === 0 ? [] : [...counting('in', 'egress'), ...counting('out', 'ingress')]),
  ])
}

/** Takes these series of one VE away. */
export function uncountText(veid: number, series: readonly CountedSeries[]): string {
  return text([
    ...withoutChains(veid),
    `flush chain ${keeper(veid)}`,
    `delete chain ${keeper(veid)}`,
    ...series.flatMap(({ ticks }) => [
      `delete counter ${TRAFFIC_TABLE} ${counter(veid, 'in', ticks)}`,
      `delete counter ${TRAFFIC_TABLE} ${counter(veid, 'out', ticks)}`,
    ]),
  ])
}

/** Refused, and without effect, while a VE is in the table. */
export const EMPTY_TEXT = `delete chain ${TRAFFIC_TABLE} kept\ndelete table ${TRAFFIC_TABLE}\n`

const text = (lines: readonly string[]) => `${lines.join('\n')}\n`

type Listed = { nftables: { counter?: { name: string; packets: number; bytes: number } }[] }

/** On its way out of a device a packet has its Ethernet header, on its way in no more: both count without. */
const ETHERNET_HEADER = 14

/** What `nft -j list counters` printed. Of one VE there is more than one series only if an older one was never settled. */
export function parseCounters(printed: string): CountedSeries[] {
  const found = new Map<string, CountedSeries>()
  const { nftables } = JSON.parse(printed || '{"nftables":[]}') as Listed
  for (const { counter } of nftables) {
    const [, veid, direction, ticks] = /^ve(\d+)-(in|out)-(\d+)$/.exec(counter?.name ?? '') ?? []
    if (counter === undefined || veid === undefined || ticks === undefined) continue
    const key = `${veid}-${ticks}`
    const series = found.get(key) ?? { veid: Number(veid), ticks: Number(ticks), inBytes: 0, outBytes: 0 }
    if (direction === 'out') series.outBytes += counter.bytes
    else series.inBytes += counter.bytes - counter.packets * ETHERNET_HEADER
    found.set(key, series)
  }
  return [...found.values()]
}
