/** A VE's project on the file system that carries the VEs: what it counts, what it is limited to. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { mountPointOf } from '../facts/parse.ts'
import type { Sys } from '../sys/sys.ts'
import { mountedDevices } from './mounted-devices.ts'
import { projectOf } from './project-id.ts'
import {
  hasSoftLimit,
  type ProjectUse,
  projectLimits,
  projectUse,
  setGrace,
  setProjectLimits,
} from './quota-tools.ts'

const vzMount = (sys: Sys) => mountPointOf(sys.read('/proc/self/mountinfo') ?? '', HOST_PATHS.ve)

/** By project. */
export function countedProjects(sys: Sys): Map<number, ProjectUse> {
  const at = vzMount(sys)
  return projectUse(sys, [at]).get(mountedDevices(sys).get(at) ?? '') ?? new Map()
}

export function limitProject(sys: Sys, { veid, limits }: Pick<VeSpec, 'veid' | 'limits'>): void {
  const at = vzMount(sys)
  if (hasSoftLimit(limits)) setGrace(sys, at, limits.diskGraceSeconds)
  setProjectLimits(sys, at, projectOf(veid), projectLimits(limits, limits.diskBytes))
}

const NO_LIMITS = { softBytes: 0, hardBytes: 0, softInodes: 0, hardInodes: 0 }

export function unlimitProject(sys: Sys, veid: number): void {
  setProjectLimits(sys, vzMount(sys), projectOf(veid), NO_LIMITS)
}
