/** CPU architectures: one record each, everything that differs between them in one place. */

export const ARCHES = ['x86', 'x86-64', 'ia64', 'ppc64', 'ppc64le'] as const
export type Arch = (typeof ARCHES)[number]

type ArchRecord = {
  label: string
  /** What `uname -m` prints. */
  uname: readonly string[]
  /** Debian's name of the port (dpkg --print-architecture). */
  debian: string
  wordBits: 32 | 64
  byteOrder: 'little' | 'big'
  /** Architectures whose programs run here beside its own. */
  alsoRuns: readonly Arch[]
  /** Whether CRIU has been ported to it (criu.org); without it there is no live migration, restart migration remains. */
  criu: boolean
}

export const ARCH: Record<Arch, ArchRecord> = {
  x86: {
    label: 'x86 (32-bit)',
    uname: ['i386', 'i486', 'i586', 'i686'],
    debian: 'i386',
    wordBits: 32,
    byteOrder: 'little',
    alsoRuns: [],
    criu: false,
  },
  'x86-64': {
    label: 'x86-64',
    uname: ['x86_64'],
    debian: 'amd64',
    wordBits: 64,
    byteOrder: 'little',
    alsoRuns: ['x86'],
    criu: true,
  },
  ia64: {
    label: 'Itanium',
    uname: ['ia64'],
    debian: 'ia64',
    wordBits: 64,
    byteOrder: 'little',
    alsoRuns: [],
    criu: false,
  },
  ppc64: {
    label: 'Power (big endian)',
    uname: ['ppc64'],
    debian: 'ppc64',
    wordBits: 64,
    byteOrder: 'big',
    alsoRuns: [],
    criu: false,
  },
  ppc64le: {
    label: 'Power',
    uname: ['ppc64le'],
    debian: 'ppc64el',
    wordBits: 64,
    byteOrder: 'little',
    alsoRuns: [],
    criu: true,
  },
}

/** The architecture for a `uname -m`, or null when Corral does not know it. */
export function archFromUname(machine: string): Arch | null {
  return ARCHES.find((arch) => ARCH[arch].uname.includes(machine)) ?? null
}

/** Whether a host of architecture `host` runs a VE of architecture `ve`. */
export function archRuns(host: Arch, ve: Arch): boolean {
  return host === ve || ARCH[host].alsoRuns.includes(ve)
}
