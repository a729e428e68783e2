/**
 * Against false senders: a table of nftables per VE with a chain at the ingress of each of its host's ends, before anything else
 * of the host sees a packet. The VE's root cannot get at it, and other VEs' traffic never passes it.
 */
import type { InterfacePlan } from './interface-plan.ts'

export function guardTable(veid: number): string {
  return `corral-ve${veid}`
}

/** For nft(8): in one go, the whole table anew, or none when there is no interface. The devices have to be there. */
export function guardText(
  veid: number,
  plans: readonly Pick<InterfacePlan, 'index' | 'end' | 'guard'>[],
): string {
  const table = `table netdev ${guardTable(veid)}`
  const chains = plans.map(({ index, end, guard }) =>
    [
      `chain guard${index} {`,
      `type filter hook ingress device "${end}" priority -400; policy drop;`,
      ...guard,
      '}',
    ].join('\n'),
  )
  const gone = `${table} {}\ndelete ${table}\n`
  return chains.length === 0 ? gone : `${gone}${table} {\n${chains.join('\n')}\n}\n`
}
