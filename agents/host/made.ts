/**
 * What a VE was made with when it was started: that stays until it is made anew, whatever its spec says by now. Kept with the
 * runtime's own files, which go when it is taken off the kernel.
 */
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { vePaths } from './paths.ts'
import { readJson, replaceFile } from './sys/files.ts'
import type { Sys } from './sys/sys.ts'

type Made = Pick<VeSpec, 'kind' | 'application' | 'namespaces' | 'features'>

const file = (veid: number) => `${vePaths(veid).bundle}/made.json`

/** The directory has to be there. */
export function storeMade(sys: Sys, { veid, kind, application, namespaces, features }: VeSpec): void {
  replaceFile(sys, file(veid), JSON.stringify({ kind, application, namespaces, features } satisfies Made))
}

/** The spec as far as it can hold of the VE that is on the kernel; NFS mounts come and go while it runs. The same when there is none. */
export function asMade(sys: Sys, spec: VeSpec): VeSpec {
  const made = readJson<Made>(sys, file(spec.veid))
  return made === null ? spec : { ...spec, ...made, features: { ...made.features, nfs: spec.features.nfs } }
}
