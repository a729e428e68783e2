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

/** Of a VE that is on the kernel; cut already is no error. */
export function cutNetwork(sys: Sys, veid: number): void {
  mustRun(sys, ['nft', '-f', '-'], { stdin: uncutText(veid) + cutText(veid, endsOf(sys, veid)) })
}

/** Harmless when it is not cut. */
export function uncutNetwork(sys: Sys, veid: number): void {
  mustRun(sys, ['nft', '-f', '-'], { stdin: uncutText(veid) })
}
