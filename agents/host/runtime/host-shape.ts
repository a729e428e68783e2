import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { machineOf } from '../facts/machine.ts'
import { pageBytes } from '../facts/parse.ts'
import { cgroupShape } from '../resources/cgroup.ts'
import { oomScoreOf } from '../resources/oom-score.ts'
import type { Sys } from '../sys/sys.ts'
import { loadProfile } from './apparmor.ts'
import { ensureLxcfs } from './lxcfs.ts'
import type { HostShape } from './oci-spec.ts'
import { refuseSpec } from './refuse-spec.ts'
import { readRlimits } from './rlimits.ts'

/** Makes ready on the host what a VE's config leans on, and tells what there is. Throws `invalid-input`. */
export function prepareHostShape(sys: Sys, spec: VeSpec): HostShape {
  refuseSpec(spec)
  return {
    machine: machineOf(sys),
    cgroup: cgroupShape(sys),
    lxcfs: spec.namespaces.includes('pid') && ensureLxcfs(sys),
    apparmor: loadProfile(sys, spec),
    rlimits: readRlimits(sys, spec.limits),
    oomScore: oomScoreOf(sys, spec.limits),
    pageBytes: pageBytes(sys.read('/proc/self/smaps') ?? ''),
  }
}
