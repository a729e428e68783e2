import { HOST_PATHS } from '../../lib/contract/agent-protocol.ts'
import { Problem } from '../../lib/contract/problem.ts'
import { DEFAULT_LIMITS, withLimits } from '../../lib/contract/ve-limits.ts'
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { vePaths } from './paths.ts'
import { readJson, replaceFileDurably } from './sys/files.ts'
import type { Sys } from './sys/sys.ts'

/** One that an older agent stored lacks limits that came later. */
const whole = (spec: VeSpec): VeSpec => ({ ...spec, limits: withLimits(DEFAULT_LIMITS, spec.limits) })

/** The spec of a VE that has been created here whole; null otherwise. */
export function findSpec(sys: Sys, veid: number): VeSpec | null {
  const spec = readJson<VeSpec>(sys, vePaths(veid).spec)
  return spec === null ? null : whole(spec)
}

/** Specs as they were read last, and of which file: for who looks again and again. */
export type SpecMemory = Map<number, { file: string; spec: VeSpec }>

/** Of all VEs that have been created here. One that did not change is the same object as before: a spec's file is replaced, never changed. */
export function findSpecs(sys: Sys, memory: SpecMemory): VeSpec[] {
  const veids = storedVeids(sys)
  const there = new Set(veids)
  for (const veid of memory.keys()) if (!there.has(veid)) memory.delete(veid)
  return veids.flatMap((veid) => {
    const stat = sys.stat(vePaths(veid).spec)
    if (stat === null) return []
    const file = `${stat.inode} ${stat.modifiedAt} ${stat.sizeBytes}`
    const known = memory.get(veid)
    if (known?.file === file) return known.spec
    const spec = findSpec(sys, veid)
    if (spec === null) return []
    memory.set(veid, { file, spec })
    return spec
  })
}

export function getSpec(sys: Sys, veid: number): VeSpec {
  const spec = findSpec(sys, veid)
  if (spec === null) throw new Problem('not-found', `There is no VE ${veid} on this host.`)
  return spec
}

/** Without a spec a VE does not exist, so a power cut must leave the old or the new one. */
export function storeSpec(sys: Sys, spec: VeSpec): void {
  const path = vePaths(spec.veid).spec
  const text = JSON.stringify(spec)
  if (sys.read(path) !== text) replaceFileDurably(sys, path, text)
}

/** Numbers of all VEs whose creation began here. */
export function storedVeids(sys: Sys): number[] {
  return sys
    .list(HOST_PATHS.ve)
    .map(Number)
    .filter((veid) => Number.isInteger(veid))
}

/**
 * The uuid of the VE that has this number here, even half created. Throws `veid-taken` when it is another's. A power cut
 * may leave the file empty, of a VE whose creation had only begun.
 */
export function refuseOtherUuid(sys: Sys, spec: Pick<VeSpec, 'veid' | 'uuid'>): void {
  const uuid = sys.read(vePaths(spec.veid).uuid)?.trim()
  if (uuid && uuid !== spec.uuid) {
    throw new Problem('veid-taken', `VE ${spec.veid} on this host is another VE, with uuid ${uuid}.`)
  }
}
