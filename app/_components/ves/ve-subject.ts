import { formatBytes } from '@/lib/contract/units.ts'
import type { VeResource } from '@/lib/ves/resource.ts'

/** What the browser needs to know of a VE to offer actions on it: words, not the whole resource. */
export type VeSubject = {
  id: string
  name: string
  rescue: boolean
  suspended: boolean
  /** Or about to be: it is resumed, not started, and a stop throws this away. */
  hibernated: boolean
  /** What its memory takes on the disk; null when it is not hibernated. */
  memoryBytes: number | null
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
    hibernated: ve.state === 'hibernated' || ve.state === 'hibernating',
    memoryBytes: ve.hibernated?.bytes ?? null,
    lost: [
      used === null || used === undefined
        ? `Its disk of ${disk}, with all files on it.`
        : `Its disk of ${disk}, with ${formatBytes(used)} of files on it.`,
      ...(ve.snapshots > 0 ? [ve.snapshots === 1 ? 'Its snapshot.' : `Its ${ve.snapshots} snapshots.`] : []),
      ...(ve.hibernated
        ? [`Its memory, ${formatBytes(ve.hibernated.bytes)} that it was to go on with.`]
        : []),
      ve.addresses.length === 0
        ? `Its number ${ve.veid}: others may get it.`
        : `Its number ${ve.veid} and ${ve.addresses.length === 1 ? 'address' : 'addresses'} ${ve.addresses.join(', ')}: others may get them.`,
    ],
  }
}
