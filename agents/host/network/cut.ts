/**
 * Cuts a VE off without touching its links: nothing passes the host's ends of its interfaces in either direction, while inside, where
 * its root could see or undo it, all is as before. The kernel would otherwise go on acknowledging what is sent to processes that are
 * frozen, and what they were told so is lost if they are taken back to a state from before.
 */
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { endsOf } from './interface-plan.ts'

/** A table of its own: it lasts moments, and goes in one line whatever is in it. */
const table = (veid: number) => `netdev corral-cut-ve${veid}`

/** For nft(8). Before the guard and the counters on the way in, after all filters on the way out. The host's ends have to be there. */
export function cutText(veid: number, ends: readonly string[]): string {
  const devices = ends.map((end) => `"${end}"`).join(', ')
  const chain = (hook: 'ingress' | 'egress') =>
    `add chain ${table(veid)} ${hook} { type filter hook ${hook} devices = { ${devices} } priority -500; policy drop; }`
  const chains = ends.length === 0 ? [] : [chain('ingress'), chain('egress')]
  return `${[`add table ${table(veid)}`, ...chains].join('\n')}\n`
}

/** For nft(8): none any more, whether there was one or not. */
export function uncutText(veid: number): string {
  return `add table ${table(veid)}\ndelete table ${table(veid)}\n`
}

const telling = (veid: number) => `inet corral-cut-ve${veid}`

/**
 * For nft(8): whoever sends TCP to the VE by the host's routes meanwhile is told that it is away. That breaks no connection, and keeps
 * the pause between two of its tries as short as the first (RFC 6069), or it might be waiting for long when the VE is there again. Each
 * connection now and then only, since kernels bound how many such words one of their peers gets. Never of a packet that opens or ends one.
 */
export function tellText(veid: number, ends: readonly string[]): string {
  if (ends.length === 0) return ''
  const devices = ends.map((end) => `"${end}"`).join(', ')
  const family = (ip: 'ip' | 'ip6', type: string, words: string) => [
    `add set ${telling(veid)} told-${ip} { type ${type} . inet_service . inet_service; flags dynamic; timeout 10s; size 65535; }`,
    `add rule ${telling(veid)} forward oifname { ${devices} } tcp flags & (fin | syn | rst) == 0 add @told-${ip} { ${ip} saddr . tcp sport . tcp dport limit rate 10/second burst 1 packets } reject with ${words}`,
  ]
  const lines = [
    `add table ${telling(veid)}`,
    `add chain ${telling(veid)} forward { type filter hook forward priority -500; }`,
    ...family('ip', 'ipv4_addr', 'icmp type host-unreachable'),
    ...family('ip6', 'ipv6_addr', 'icmpv6 type no-route'),
  ]
  return `${lines.join('\n')}\n`
}

/** For nft(8): nobody is told so any more. */
export function untellText(veid: number): string {
  return `add table ${telling(veid)}\ndelete table ${telling(veid)}\n`
}

/** `beside` is of what a kernel may not have: without it then. */
function nft(sys: Sys, text: string, beside: string): void {
  if (beside !== '' && sys.run(['nft', '-f', '-'], { stdin: text + beside }).code === 0) return
  mustRun(sys, ['nft', '-f', '-'], { stdin: text })
}

/** Of a VE that is on the kernel; cut already is no error. `tell`: who sends to it is told that it is away. */
export function cutNetwork(sys: Sys, veid: number, { tell }: { tell: boolean } = { tell: false }): void {
  const ends = endsOf(sys, veid)
  nft(sys, uncutText(veid) + cutText(veid, ends), tell ? untellText(veid) + tellText(veid, ends) : '')
}

/** Harmless when it is not cut. `also`: for nft(8), done with it or not at all. */
export function uncutNetwork(sys: Sys, veid: number, also = ''): void {
  nft(sys, also + uncutText(veid), untellText(veid))
}
