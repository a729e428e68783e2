import type { VeInterface } from '../../../lib/contract/ve-interface.ts'
import { hostEnd } from './routed.ts'

export function filterTable(veid: number): string {
  return `corral-ve${veid}`
}

/**
 * Rules for nft(8) that let a VE send from its own IPv6 addresses only; the kernel has no rp_filter for IPv6. Link-local
 * and unspecified sources pass, which neighbour discovery needs. Null for a VE without IPv6 addresses.
 */
export function filterText(veid: number, interfaces: readonly VeInterface[]): string | null {
  const rules = interfaces.flatMap(({ addresses }, index) => {
    const own = addresses.filter((address) => address.includes(':'))
    const allowed = ['::', 'fe80::/10', ...own].join(', ')
    return own.length === 0 ? [] : [`iifname "${hostEnd(veid, index)}" ip6 saddr != { ${allowed} } drop`]
  })
  if (rules.length === 0) return null
  const chain = ['type filter hook prerouting priority raw', ...rules].join('\n')
  return `table inet ${filterTable(veid)} {\nchain sources {\n${chain}\n}\n}\n`
}
