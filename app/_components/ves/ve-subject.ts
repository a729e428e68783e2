import { formatBytes } from '@/lib/contract/units.ts'
import type { VeResource } from '@/lib/ves/resource.ts'

/** What the browser needs to know of a VE to offer actions on it: words, not the whole resource. */
export type VeSubject = {
  id: string
  name: string
  rescue: boolean
  suspended: boolean
  /** What destroying it takes away. */
  lost: string[]
}

export function veSubject(ve: VeResource): VeSubject {
  const used = ve.observed?.diskUsedBytes
  const disk = formatBytes(ve.limits.diskBytes)
  return {
    id: ve.id,
    name: ve.name,
    rescue: ve.rescue && ve.state === 'running',
    suspended: ve.suspended !== null,
    lost: [
      used === null || used === undefined
        ? `Its disk of ${disk}, with all files on it.`
        : `Its disk of ${disk}, with ${formatBytes(used)} of files on it.`,
      ve.addresses.length === 0
        ? `Its number ${ve.veid}: others may get it.`
        : `Its number ${ve.veid} and ${ve.addresses.length === 1 ? 'address' : 'addresses'} ${ve.addresses.join(', ')}: others may get them.`,
    ],
  }
}
