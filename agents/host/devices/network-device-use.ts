/** What holds a network device of the host. Pure, of what ip(8) and sysfs say. */

import type { DetailedLink } from './link-identity.ts'

/** As `ip -details -json address` prints it. */
export type Link = DetailedLink & {
  address?: string
  master?: string
  addr_info?: { local?: string; scope?: string }[]
}

/** The host's ends of VEs' interfaces, and what passes their packets on. */
export const VE_END = /^(ve|ib)\d+\.\d+$/

/** `uppers`: devices made on top of it, such as VLANs. Link-local addresses come by themselves and hold nothing. */
export function linkUse(
  { ifname, link_type, master, addr_info }: Link,
  { isBridge, uppers, routes }: { isBridge: boolean; uppers: readonly string[]; routes: readonly string[] },
): string | null {
  if (link_type === 'loopback') return 'the host’s loopback'
  if (VE_END.test(ifname)) return 'the interface of a VE'
  if (isBridge) return 'a bridge'
  if (master !== undefined) return `part of ${master}`
  const [upper] = uppers
  if (upper !== undefined) return `below ${upper}`
  const address = (addr_info ?? []).find(({ scope }) => scope !== 'link')?.local
  if (address !== undefined) return `has the address ${address}`
  return routes.includes(ifname) ? 'routes lead through it' : null
}
