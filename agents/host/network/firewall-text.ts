/** A VE's firewall as text for nft(8): pure. */
import {
  FIREWALL_DIRECTIONS,
  type FirewallAction,
  type FirewallDirection,
  type VeFirewall,
} from '../../../lib/contract/ve-firewall.ts'
import { INTERFACES_MAX, type VeInterface } from '../../../lib/contract/ve-interface.ts'
import { MARK, setMark } from './firewall-marks.ts'
import { commentText, matchText } from './firewall-match.ts'
import { FIREWALL_TABLE, type FirewallFamily, tableLines } from './firewall-tables.ts'
import { hostEnd } from './interface-plan.ts'

/** `ruleOf`: from a line of the text, counted from 1, to the index of the rule that it comes from. */
export type FirewallText = { text: string; ruleOf: Map<number, number> }

/** A rule that lets pass gives the packet back to the shared chain: another VE may have a word in it too. */
const VERDICT: Record<FirewallAction, string> = { accept: 'return', drop: 'drop', reject: 'goto refuse' }

/** By this the IP layer knows whose the connections of bridged VEs are. */
const WHOSE: Record<FirewallDirection, number> = { in: MARK.toVe, out: MARK.fromVe }

export const chainOf = (veid: number, direction: FirewallDirection): string => `ve${veid}-${direction}`

/** The families whose tables a VE's firewall needs. Bridged interfaces need both: answers and refusals are the IP layer's. */
export function familiesOf(
  interfaces: readonly Pick<VeInterface, 'kind'>[],
  { enabled }: Pick<VeFirewall, 'enabled'>,
): FirewallFamily[] {
  if (!enabled || interfaces.length === 0) return []
  return interfaces.some(({ kind }) => kind === 'bridged') ? ['inet', 'bridge'] : ['inet']
}

/**
 * Puts this in the place of all there is of the VE's firewall, in one transaction. `present`: families that may hold some of it.
 * Done twice it changes nothing. What is there need not be known: elements are added so that they can be deleted.
 */
export function firewallText(
  veid: number,
  interfaces: readonly VeInterface[],
  firewall: VeFirewall,
  present: readonly FirewallFamily[] = [],
): FirewallText {
  const wanted = familiesOf(interfaces, firewall)
  const lines: string[] = []
  const ruleOf = new Map<number, number>()
  const add = (line: string) => lines.push(line)
  for (const family of new Set([...wanted, ...present])) {
    tableLines(family).forEach(add)
    const table = `${family} ${FIREWALL_TABLE}`
    const ends = wanted.includes(family) ? endsIn(family, veid, interfaces) : []
    for (const direction of FIREWALL_DIRECTIONS) {
      const chain = `${table} ${chainOf(veid, direction)}`
      add(`add chain ${chain}`)
      entryLines(table, direction, veid, ends).forEach(add)
      add(`flush chain ${chain}`)
      if (!wanted.includes(family)) {
        add(`delete chain ${chain}`)
        continue
      }
      if (family === 'bridge') add(`add rule ${chain} ${setMark(WHOSE[direction])}`)
      // Even where no interface leads here: it keeps the shared table.
      add(`add rule ${chain} jump basics`)
      firewall.rules.forEach((rule, index) => {
        if (rule.direction !== direction || ends.length === 0) return
        const words = [matchText(rule), VERDICT[rule.action]].filter((part) => part !== '').join(' ')
        ruleOf.set(add(`add rule ${chain} ${words}${commentText(rule.comment)}`), index)
      })
      add(`add rule ${chain} ${VERDICT[direction === 'in' ? firewall.policyIn : firewall.policyOut]}`)
    }
  }
  const bridges = new Set(interfaces.flatMap((each) => (each.kind === 'bridged' ? [`"${each.bridge}"`] : [])))
  if (wanted.includes('bridge')) {
    add(`add element inet ${FIREWALL_TABLE} bridges { ${[...bridges].join(', ')} }`)
  }
  return { text: `${lines.join('\n')}\n`, ruleOf }
}

function endsIn(family: FirewallFamily, veid: number, interfaces: readonly VeInterface[]): string[] {
  const kind = family === 'inet' ? 'routed' : 'bridged'
  return interfaces.filter((each) => each.kind === kind).map(({ index }) => hostEnd(veid, index))
}

/** Of all host's ends that the VE may have had, these lead to its chain. */
function entryLines(
  table: string,
  direction: FirewallDirection,
  veid: number,
  ends: readonly string[],
): string[] {
  const all = Array.from({ length: INTERFACES_MAX }, (_, index) => hostEnd(veid, index))
  const others = all.filter((end) => !ends.includes(end))
  const entries = all.map((end) => `"${end}" : jump ${chainOf(veid, direction)}`)
  return [
    `add element ${table} ${direction} { ${entries.join(', ')} }`,
    ...(others.length === 0
      ? []
      : [`delete element ${table} ${direction} { ${others.map((end) => `"${end}"`).join(', ')} }`]),
  ]
}
