/**
 * Which link a network device of the host is. Name, index, hardware address and kind of a link are as the VE's root likes that
 * makes one; the bus that a real one is on, and another end on the host, it cannot give to one of its own. Pure.
 */

/** As `ip -details -json link` prints it. */
export type DetailedLink = {
  ifindex: number
  ifname: string
  link_type?: string
  /** The other end, or what it is made on: in its own network namespace, … */
  link?: string | null
  /** … or in another, known here by a number. */
  link_index?: number
  link_netnsid?: number
  /** Told from Linux 5.14 on, of real ones. */
  parentbus?: string
  parentdev?: string
  linkinfo?: { info_kind?: string }
}

export type LinkIdentity = {
  /** What kind of software it is; null of a real one. */
  kind: string | null
  /** "pci/0000:00:03.0" */
  parent: string | null
  /** Index of its other end on the host. */
  tie: number | null
}

const kindOf = ({ linkinfo }: DetailedLink) => linkinfo?.info_kind ?? null

const parentOf = ({ parentbus, parentdev }: DetailedLink) =>
  parentbus === undefined || parentdev === undefined ? null : `${parentbus}/${parentdev}`

/** Of one that is on the host, among all links of the host. */
export function identityOnHost(link: DetailedLink, all: readonly DetailedLink[]): LinkIdentity {
  const other = all.find(({ ifname }) => ifname === link.link)
  return { kind: kindOf(link), parent: parentOf(link), tie: other?.ifindex ?? null }
}

/** Whether it can be told from one that somebody else makes, or is as harmless: a dummy has no other end at all. */
export function isTellable({ kind, tie }: LinkIdentity): boolean {
  return kind === null || kind === 'dummy' || tie !== null
}

/** Of one that is elsewhere, where the host's network namespace is known by `hostId`; null: nothing there leads to the host. */
export function isSameLink(link: DetailedLink, known: LinkIdentity, hostId: number | null): boolean {
  if (kindOf(link) !== known.kind || parentOf(link) !== known.parent) return false
  return (
    known.tie === null || (link.link_index === known.tie && hostId !== null && link.link_netnsid === hostId)
  )
}
