/**
 * What `ip -json` printed. Names and aliases may hold any character but a few, and ip(8) prints control characters as they are,
 * which JSON does not allow: each becomes a space.
 */
export function parseIpJson<T>(printed: string): T[] {
  const plain = Array.from(printed, (character) => (character < ' ' ? ' ' : character)).join('')
  return JSON.parse(plain.trim() || '[]') as T[]
}

/**
 * What to call a link that a VE's root has named: in a batch "#" begins a comment, quotes and backslashes are taken apart, and some
 * characters parseIpJson has replaced. ip(8) knows "if7" where no link has that for a name.
 */
export function linkWord({ ifname, ifindex }: { ifname: string; ifindex: number }): string {
  return /^[\w.-]+$/.test(ifname) ? ifname : `if${ifindex}`
}
