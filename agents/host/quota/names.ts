import type { QuotaOwnerKind } from '../../../lib/contract/quota.ts'
import { type GuestRoot, readGuestFiles } from '../guest/guest-io.ts'
import type { Sys } from '../sys/sys.ts'

/** Whom the VE's own files name, by kind and id. */
export type OwnerNames = Record<QuotaOwnerKind, ReadonlyMap<number, string>>

const ID_MOST = 65_535
/** The files are the VE's: what is no name is left out. 64 is more than any system takes. */
const NAME = /^[^\s:,/\\\p{C}]{1,64}$/u

const FILES = { user: 'etc/passwd', group: 'etc/group' } as const satisfies Record<QuotaOwnerKind, string>

/** passwd(5) and group(5) both begin "name:password:id". Of several with one id the first counts, as for getpwuid(3). */
export function parseNames(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  for (const line of text.split('\n')) {
    const [name = '', , id = ''] = line.split(':')
    if (!NAME.test(name) || !/^\d{1,5}$/.test(id) || Number(id) > ID_MOST) continue
    if (!names.has(Number(id))) names.set(Number(id), name)
  }
  return names
}

/** Read in the VE's ids, from within its tree. Of a VE whose files cannot be read nobody has a name. */
export function readNames(sys: Sys, root: GuestRoot): OwnerNames {
  try {
    const tree = readGuestFiles(sys, root, Object.values(FILES))
    const namesIn = (path: string) => {
      const entry = tree.get(path)
      return parseNames(entry?.kind === 'file' ? entry.text : '')
    }
    return { user: namesIn(FILES.user), group: namesIn(FILES.group) }
  } catch {
    return { user: new Map(), group: new Map() }
  }
}
