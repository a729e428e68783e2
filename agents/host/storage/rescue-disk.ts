/**
 * The root of a rescue system: a clone of a template's cache, kept beside the VE's disk. A record of it is there before it
 * and goes after it, so that whoever comes next knows of it.
 */
import type { TemplateCache } from '../../../lib/contract/agent-protocol.ts'
import { cacheImage, vePaths } from '../paths.ts'
import { readJson, replaceFileDurably } from '../sys/files.ts'
import type { Sys } from '../sys/sys.ts'
import type { AttachedSpec } from './driver.ts'
import { copyImage } from './image-copy.ts'
import { mountImage } from './image-mount.ts'

export type RescueFrom = { cache: string; digest: string }

/** What a VE's rescue system was cloned from; null of a VE that has none. */
export function rescueOf(sys: Sys, veid: number): RescueFrom | null {
  const { rescue } = vePaths(veid)
  return sys.stat(rescue) === null ? null : (readJson<RescueFrom>(sys, rescue) ?? { cache: '', digest: '' })
}

export function makeRescueDisk(sys: Sys, veid: number, { cache, digest }: TemplateCache): void {
  const { rescue, rescueDisk } = vePaths(veid)
  replaceFileDurably(sys, rescue, JSON.stringify({ cache, digest } satisfies RescueFrom))
  copyImage(sys, cacheImage(cache), rescueDisk)
}

export function attachRescueDisk(sys: Sys, spec: AttachedSpec): void {
  const { rescueDisk, root } = vePaths(spec.veid)
  mountImage(sys, spec, rescueDisk, root)
}

/** Not attached any more. Harmless when there is none. */
export function removeRescueDisk(sys: Sys, veid: number): void {
  const { rescue, rescueDisk } = vePaths(veid)
  sys.remove(rescueDisk)
  sys.remove(rescue)
}
