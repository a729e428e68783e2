/** A VE's files as far as its set-up looks at them: paths without a leading slash. */

export type GuestEntry = { kind: 'file'; text: string } | { kind: 'directory' } | { kind: 'link' }
export type GuestTree = ReadonlyMap<string, GuestEntry>

/**
 * A file's whole new text. It replaces whatever has its name, a link or a directory too. `mode`: a new file of the VE's root's; "kept":
 * owner, group and mode of the file that is there stay.
 */
export type GuestChange = { path: string; text: string; mode: 0o644 | 0o600 | 'kept' }

/** What the set-up of any distribution asks about. Everything else of a VE is its own business. */
export const LOOKED_AT = [
  'etc/NetworkManager/conf.d',
  'etc/NetworkManager/conf.d/corral.conf',
  'etc/hostname',
  'etc/hosts',
  'etc/machine-id',
  'etc/network',
  'etc/network/interfaces',
  'etc/os-release',
  'etc/resolv.conf',
  'etc/shadow',
  'etc/ssh/sshd_config',
  'etc/ssh/sshd_config.d',
  'etc/ssh/sshd_config.d/00-corral.conf',
  'etc/sysconfig',
  'etc/sysconfig/network',
  'etc/systemd/network',
  'etc/systemd/network/10-corral.network',
  'root/.ssh/authorized_keys',
  'usr/lib/os-release',
] as const

export function textOf(tree: GuestTree, path: (typeof LOOKED_AT)[number]): string | null {
  const entry = tree.get(path)
  return entry?.kind === 'file' ? entry.text : null
}

export function isDirectory(tree: GuestTree, path: (typeof LOOKED_AT)[number]): boolean {
  return tree.get(path)?.kind === 'directory'
}

/** The tree after the changes. Pure: what the golden tests compare, and what a second set-up finds. */
export function changed(tree: GuestTree, changes: readonly GuestChange[]): GuestTree {
  return new Map([...tree, ...changes.map(({ path, text }) => [path, { kind: 'file', text }] as const)])
}
