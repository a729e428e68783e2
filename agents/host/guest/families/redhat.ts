import { commonFiles } from '../common-files.ts'
import { type GuestChange, isDirectory } from '../guest-tree.ts'
import { hostManaged } from '../wish.ts'
import type { SetUpFamily } from './family.ts'
import { networkdFile } from './networkd-file.ts'

/** NetworkManager.conf(5): neither the interfaces nor resolv.conf are its business. */
function networkManagerFile(ifnames: readonly string[]): GuestChange {
  const unmanaged = ifnames.map((ifname) => `interface-name:${ifname}`).join(';')
  const keyfile = unmanaged === '' ? [] : ['', '[keyfile]', `unmanaged-devices=${unmanaged}`]
  const lines = ['# Set up by the host.', '[main]', 'dns=none', ...keyfile, '']
  return { path: 'etc/NetworkManager/conf.d/corral.conf', text: lines.join('\n'), mode: 0o644 }
}

/** Red Hat, Fedora, CentOS, Alma, Rocky and their kin. */
export const redhat: SetUpFamily = (tree, wish) => [
  ...commonFiles(tree, wish),
  ...(isDirectory(tree, 'etc/sysconfig')
    ? [
        {
          path: 'etc/sysconfig/network',
          text: '# Set up by the host.\nNETWORKING=yes\n',
          mode: 0o644,
        } as const,
      ]
    : []),
  ...(isDirectory(tree, 'etc/NetworkManager/conf.d') ? [networkManagerFile(hostManaged(wish))] : []),
  ...networkdFile(tree, hostManaged(wish)),
]
