import { type GuestChange, type GuestTree, isDirectory } from '../guest-tree.ts'

/** systemd.network(5): leave these links as the host set them up. Nothing where systemd-networkd is not. */
export function networkdFile(tree: GuestTree, ifnames: readonly string[]): GuestChange[] {
  if (!isDirectory(tree, 'etc/systemd/network') || ifnames.length === 0) return []
  const text = [
    '# Set up by the host.',
    '[Match]',
    `Name=${ifnames.join(' ')}`,
    '',
    '[Link]',
    'Unmanaged=yes',
    '',
  ]
  return [{ path: 'etc/systemd/network/10-corral.network', text: text.join('\n'), mode: 0o644 }]
}
