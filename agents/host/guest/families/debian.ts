import { commonFiles } from '../common-files.ts'
import { type GuestChange, type GuestTree, isDirectory } from '../guest-tree.ts'
import { hostManaged } from '../wish.ts'
import type { SetUpFamily } from './family.ts'
import { networkdFile } from './networkd-file.ts'

/** interfaces(5): ifupdown is told that they exist and are not its business. */
function interfacesFile(ifnames: readonly string[]): GuestChange {
  const own = ifnames.map((ifname) => `\niface ${ifname} inet manual\n`)
  const head = '# Set up by the host: changes here are not seen there.\nauto lo\niface lo inet loopback\n'
  return { path: 'etc/network/interfaces', text: [head, ...own].join(''), mode: 0o644 }
}

/** Debian and Ubuntu: ifupdown, or systemd-networkd where that is. */
export const debian: SetUpFamily = (tree: GuestTree, wish) => [
  ...commonFiles(tree, wish),
  ...(isDirectory(tree, 'etc/network') || !isDirectory(tree, 'etc/systemd/network')
    ? [interfacesFile(hostManaged(wish))]
    : []),
  ...networkdFile(tree, hostManaged(wish)),
]
