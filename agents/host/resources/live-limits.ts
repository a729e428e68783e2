/** Limits of a VE that is on the kernel, set in its control groups: before it is let go, and while it runs. */
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeLimits } from '../../../lib/contract/ve-limits.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { veCgroup } from '../paths.ts'
import { isSysError, type Sys } from '../sys/sys.ts'
import { cgroupShape, cgroupVersion, handDown, ROOT } from './cgroup.ts'
import { weightReason } from './io-weight.ts'
import { limitPlace } from './limit-place.ts'
import { type LimitPlace, limitSettings, type Setting } from './limit-settings.ts'
import { sumGuarantees } from './promises.ts'

type Limited = Pick<VeSpec, 'veid' | 'limits'>

const IN_USE = 'The VE uses more memory than that now, and the kernel cannot take it back.'
/** Of v2. An older host's groups may have been made without some. */
const CONTROLLERS = ['cpu', 'cpuset', 'io', 'memory', 'pids']
/** Also the reason of the capability. */
export const NO_THROTTLE = 'cgroup v1 cannot slow a VE down by its memory; v2 can.'
const ORDINARY_PRIORITY = 4

function problem(code: 'invalid-input' | 'capability-missing', field: string, text: string): Problem {
  return new Problem(code, text, { fields: { [`spec.limits.${field}`]: text } })
}

/**
 * Throws `invalid-input` when the kernel refuses one: below what the VE uses and cannot be taken back, or CPUs and nodes that the
 * host does not have; `capability-missing` for what this host cannot do at all. Some may have been set by then.
 */
export function applyLimits(sys: Sys, spec: Limited): void {
  const { limits } = spec
  const shape = cgroupShape(sys)
  const place = refuseLimits(sys, spec)
  const folder = (controller: string) =>
    `${ROOT}${shape.version === 1 ? `/${controller}` : ''}${veCgroup(spec.veid)}`
  const path = ({ controller, file }: Setting) => `${folder(controller)}/${file}`
  if (shape.version === 2) handDown(sys, CONTROLLERS)
  const wanted = limitSettings(limits, shape, place)
  const missing = wanted.find((setting) => setting.asked && sys.stat(path(setting)) === null)
  if (missing !== undefined) {
    throw problem('capability-missing', missing.field, `The kernel of this host has no ${missing.file}.`)
  }
  if (place.disks.length === 0) refuseIo(limits)
  if (shape.version === 2) takeBack(sys, folder(''), limits.memoryBytes)
  setAll(
    sys,
    wanted.filter((setting) => sys.stat(path(setting)) !== null),
    path,
  )
  if (shape.version === 2) sumGuarantees(sys)
}

function refuseIo(limits: VeLimits): void {
  const field = (['ioBytesPerSecond', 'ioPerSecond'] as const).find((name) => limits[name] !== null)
  if (field !== undefined) {
    throw problem('capability-missing', field, 'The file system of the VE is on no disk of this host.')
  }
}

/** The same as far as it can be told of a VE that has nothing on the kernel. */
export function refuseLimits(sys: Sys, spec: Limited): LimitPlace {
  const place = limitPlace(sys, spec)
  const reason = spec.limits.ioPriority === ORDINARY_PRIORITY ? null : weightReason(sys)
  if (reason !== null) throw problem('capability-missing', 'ioPriority', reason)
  if (spec.limits.memoryThrottleBytes > 0 && cgroupVersion(sys) === 1) {
    throw problem('capability-missing', 'memoryThrottleBytes', NO_THROTTLE)
  }
  return place
}

/**
 * Less memory than is used: v2 would kill for it. Slowed down at the new limit instead, the kernel takes back what it can before
 * it answers (cgroup v2: memory.high).
 */
function takeBack(sys: Sys, folder: string, memoryBytes: number): void {
  const used = () => Number(sys.read(`${folder}/memory.current`) ?? 0)
  if (used() <= memoryBytes) return
  sys.write(`${folder}/memory.high`, String(memoryBytes))
  if (used() > memoryBytes) throw problem('invalid-input', 'memoryBytes', IN_USE)
}

/** v1 refuses a memory limit above the one of memory and swap together: the two take turns until each is in place. */
function setAll(sys: Sys, wanted: readonly Setting[], path: (setting: Setting) => string): void {
  let left = wanted
  for (let round = 0; left.length > 0; round += 1) {
    const refused = left.filter((setting) => !write(sys, path(setting), setting.value))
    if (refused.length === left.length || round === 2) throw refusal(refused)
    left = refused
  }
}

function write(sys: Sys, path: string, value: string): boolean {
  try {
    sys.write(path, value)
    return true
  } catch (error) {
    if (isSysError(error)) return false
    throw error
  }
}

/** What v1 refuses for memory and swap together comes of what it refuses for memory. */
function refusal(refused: readonly Setting[]): Problem {
  const memory = refused.some(({ file }) => file === 'memory.limit_in_bytes')
  const own = refused.filter(({ file }) => !memory || file !== 'memory.memsw.limit_in_bytes')
  const texts = own.map(({ file, value, field }): [string, string] => {
    const inUse = file.startsWith('memory.') && !file.startsWith('memory.kmem')
    return [`spec.limits.${field}`, inUse ? IN_USE : `The kernel refuses it: ${file} ${value}.`]
  })
  const [first] = texts
  return new Problem('invalid-input', first?.[1] ?? '', { fields: Object.fromEntries(texts) })
}
