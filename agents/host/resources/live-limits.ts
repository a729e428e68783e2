/** Limits of a VE that runs, changed in its control groups. */
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeLimits } from '../../../lib/contract/ve-limits.ts'
import { isSysError, type Sys } from '../sys/sys.ts'
import { cgroupShape, ROOT } from './cgroup.ts'
import { type CgroupShape, ociResources } from './oci-resources.ts'

/** One file of a control group. `controller`: its directory in v1. */
type Setting = { controller: string; file: string; value: string }
type OciLimits = {
  pids: { limit: number }
  memory: { limit: number; swap?: number }
  cpu: { shares?: number; quota?: number; period?: number }
  unified?: Record<string, string>
}

const PERIOD_MICROSECONDS = 100_000

function settingsV1(oci: OciLimits): Setting[] {
  const set = (controller: string, file: string, value: number) => ({
    controller,
    file,
    value: String(value),
  })
  const swap = oci.memory.swap
  return [
    set('pids', 'pids.max', oci.pids.limit),
    set('memory', 'memory.limit_in_bytes', oci.memory.limit),
    ...(swap === undefined ? [] : [set('memory', 'memory.memsw.limit_in_bytes', swap)]),
    set('cpu', 'cpu.shares', oci.cpu.shares ?? 1024),
    set('cpu', 'cpu.cfs_period_us', PERIOD_MICROSECONDS),
    set('cpu', 'cpu.cfs_quota_us', oci.cpu.quota ?? -1),
  ]
}

/** In v2 memory and swap are limited apart; OCI counts them together. */
function settingsV2(oci: OciLimits): Setting[] {
  const set = (file: string, value: string) => ({ controller: '', file, value })
  const { limit, swap } = oci.memory
  return [
    set('pids.max', String(oci.pids.limit)),
    set('memory.max', String(limit)),
    ...(swap === undefined ? [] : [set('memory.swap.max', String(swap - limit))]),
    set('cpu.weight', oci.unified?.['cpu.weight'] ?? '100'),
    set('cpu.max', `${oci.cpu.quota ?? 'max'} ${PERIOD_MICROSECONDS}`),
  ]
}

/** The same values that the VE would start with. Pure. */
export function limitSettings(limits: VeLimits, cgroup: CgroupShape): Setting[] {
  const oci = ociResources(limits, cgroup) as OciLimits
  return cgroup.version === 1 ? settingsV1(oci) : settingsV2(oci)
}

/** v1 refuses a memory limit above the one of memory and swap together: the two take turns until each is in place. */
export function applyLimits(sys: Sys, path: string, limits: VeLimits): void {
  const shape = cgroupShape(sys)
  let left = limitSettings(limits, shape)
  for (let round = 0; left.length > 0; round += 1) {
    const refused = left.filter((setting) => !write(sys, path, shape.version, setting))
    if (refused.length === left.length || round === 2) throw refusal(refused)
    left = refused
  }
}

function write(sys: Sys, path: string, version: 1 | 2, { controller, file, value }: Setting): boolean {
  const folder = version === 1 ? `${ROOT}/${controller}${path}` : `${ROOT}${path}`
  if (sys.stat(`${folder}/${file}`) === null) return true // a kernel without it: the host's capabilities say so
  try {
    sys.write(`${folder}/${file}`, value)
    return true
  } catch (error) {
    if (isSysError(error)) return false
    throw error
  }
}

function refusal(refused: Setting[]): Problem {
  const files = refused.map(({ file }) => file)
  if (!files.some((file) => file.startsWith('memory.'))) {
    return new Problem('command-failed', `The kernel refuses the limits of ${files.join(' and ')}.`)
  }
  const text = 'The VE uses more memory than that now, and the kernel cannot take it back.'
  return new Problem('invalid-input', text, { fields: { 'spec.limits.memoryBytes': text } })
}
