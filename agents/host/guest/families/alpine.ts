import { commonFiles } from '../common-files.ts'
import { hostManaged } from '../wish.ts'
import type { SetUpFamily } from './family.ts'

/** Alpine's ifupdown-ng wants every interface that it is to leave alone spelled out, and knows no "manual" without "auto". */
function interfacesText(ifnames: readonly string[]): string {
  const own = ifnames.map((ifname) => `\nauto ${ifname}\niface ${ifname} inet manual\n`)
  return [
    '# Set up by the host: changes here are not seen there.\nauto lo\niface lo inet loopback\n',
    ...own,
  ].join('')
}

export const alpine: SetUpFamily = (tree, wish) => [
  ...commonFiles(tree, wish),
  { path: 'etc/network/interfaces', text: interfacesText(hostManaged(wish)), mode: 0o644 },
]
