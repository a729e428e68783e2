/**
 * What of a VE's network is given by those who sell to its owner: rate limits, links shared with others, and addresses beyond
 * one of each kind. Pools are not offered to accounts yet, so whoever is below gets what any pool for routed interfaces gives.
 */
import { canFromAbove, type Viewer } from '../../auth/viewer.ts'
import { Problem } from '../../contract/problem.ts'
import { type InterfaceKind, isIpv6, type RateLimits, UNLIMITED_RATE } from '../../contract/ve-interface.ts'
import { isNetwork } from '../spec.ts'

export type Asking = { viewer: Viewer; accountId: string; prefix: string }

const isAbove = ({ viewer, accountId }: Asking) => canFromAbove(viewer, 've:configure', accountId)
const isLimited = ({ inBits, outBits }: RateLimits) => inBits !== null || outBits !== null

/**
 * The rate to set; undefined when whoever asks does not set rates, and did not ask for another than there is. Throws
 * `forbidden` at the field, as all of these do.
 */
export function ownRate(
  asking: Asking,
  wanted: RateLimits | undefined,
  before: RateLimits = UNLIMITED_RATE,
): RateLimits | undefined {
  if (!wanted || isAbove(asking)) return wanted
  // Not set again: another rate may be on its way.
  if (wanted.inBits === before.inBits && wanted.outBits === before.outBits) return undefined
  throw onlyAbove(`${asking.prefix}rate`, 'sets rate limits')
}

/** Traffic that goes through another interface than the limited one is not limited. */
export function refuseEvasion(asking: Asking, rates: readonly RateLimits[]): void {
  if (isAbove(asking) || !rates.some(isLimited)) return
  throw onlyAbove(`${asking.prefix}kind`, 'adds and removes interfaces of a VE whose rate is limited')
}

/** A bridge leads to others, and its VLANs may be other people's. */
export function refuseOwnLink(asking: Asking, kind: InterfaceKind): void {
  if (kind === 'bridged' && !isAbove(asking)) throw onlyAbove(`${asking.prefix}kind`, 'puts a VE on a bridge')
}

const KINDS = [
  { what: 'IPv4 address', is: (address: string) => !isIpv6(address) },
  { what: 'IPv6 address', is: (address: string) => isIpv6(address) && !isNetwork(address) },
  { what: 'network', is: isNetwork },
] as const

/** All addresses and delegated networks of the VE, as they are and as they would be. */
export function refuseMoreAddresses(
  asking: Asking,
  before: readonly string[],
  after: readonly string[],
): void {
  if (isAbove(asking)) return
  for (const { what, is } of KINDS) {
    const now = after.filter(is).length
    if (now > 1 && now > before.filter(is).length)
      throw onlyAbove(`${asking.prefix}addresses`, `gives a VE more than one ${what}`)
  }
}

function onlyAbove(field: string, does: string): Problem {
  const sentence = `Only whoever sells to the owner of the VE ${does}.`
  return new Problem('forbidden', sentence, { fields: { [field]: sentence } })
}
