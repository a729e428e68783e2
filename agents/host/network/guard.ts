/**
 * Against false senders: a chain of nftables at the ingress of each of a VE's host's ends, before anything else of the host sees a
 * packet. The VE's root cannot get at it, and other VEs' traffic never passes it.
 */
import { INTERFACES_MAX } from '../../../lib/contract/ve-interface.ts'
import { hostEnd, type InterfacePlan } from './interface-plan.ts'

/**
 * One for all VEs. nft(8) keeps half a megabyte for each table that there is, whatever it is asked to change: with a table per VE
 * the 200th took 100 ms longer to start than the first.
 */
export const GUARD_TABLE = 'netdev corral-guard'

const chain = (veid: number, index: number) => `${GUARD_TABLE} ${hostEnd(veid, index)}`
/** Of no hook: while it refers to "kept", the table is not taken away. */
const keeper = (veid: number) => `${GUARD_TABLE} ve${veid}`

/** Whatever chains there are or not: with a device the kernel may have taken its chain. */
const withoutChains = (veid: number) =>
  Array.from({ length: INTERFACES_MAX }, (_, index) => [
    `add chain ${chain(veid, index)}`,
    `delete chain ${chain(veid, index)}`,
  ]).flat()

const text = (lines: readonly string[]) => `${lines.join('\n')}\n`

/** For nft(8): in one go, all chains of the VE anew. The devices have to be there. */
export function guardText(
  veid: number,
  plans: readonly Pick<InterfacePlan, 'index' | 'end' | 'guard'>[],
): string {
  const chains = plans.flatMap(({ index, end, guard }) => [
    `add chain ${chain(veid, index)} { type filter hook ingress device "${end}" priority -400; policy drop; }`,
    ...guard.map((rule) => `add rule ${chain(veid, index)} ${rule}`),
  ])
  return text([
    `add table ${GUARD_TABLE}`,
    `add chain ${GUARD_TABLE} kept`,
    `add chain ${keeper(veid)}`,
    `flush chain ${keeper(veid)}`,
    `add rule ${keeper(veid)} jump kept`,
    ...withoutChains(veid),
    ...chains,
  ])
}

/** For nft(8): none of the VE any more, whether there were some or not. */
export function unguardText(veid: number): string {
  return text([
    `add table ${GUARD_TABLE}`,
    `add chain ${GUARD_TABLE} kept`,
    ...withoutChains(veid),
    `add chain ${keeper(veid)}`,
    `flush chain ${keeper(veid)}`,
    `delete chain ${keeper(veid)}`,
  ])
}

/** Refused, and without effect, while a VE is in the table. */
export const EMPTY_GUARD_TEXT = `delete chain ${GUARD_TABLE} kept\ndelete table ${GUARD_TABLE}\n`
