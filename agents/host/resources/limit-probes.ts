/** Whether the kernel takes a limit: set on a control group that is made for it, since a kernel may list what it refuses. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { mountPointOf } from '../facts/parse.ts'
import { type Note, type Reason, reasonOf } from '../facts/probe.ts'
import { probeAlone } from '../facts/probe-alone.ts'
import { CGROUP_PARENT } from '../paths.ts'
import { isSysError, type Sys } from '../sys/sys.ts'
import { diskAt } from './block-devices.ts'
import { cgroupVersion, handDown, makeCgroup, makeIn, ROOT, removeCgroup } from './cgroup.ts'
import { WEIGHT_FILES, weightReason } from './io-weight.ts'
import { NO_THROTTLE } from './live-limits.ts'
import { passGuaranteesOn } from './promises.ts'

const GROUP = `${CGROUP_PARENT}/probe`

type Trial = { controller: string; file: string; value: string }

/** As they stand in the way of settings: see limit-settings.ts. Its directory in v1, its name in v2. */
const NAME_V2: Record<string, string> = { blkio: 'io' }

function set(sys: Sys, path: string, { file, value }: Trial): Reason {
  if (sys.stat(path) === null) return `The kernel of this host has no ${file}.`
  try {
    sys.write(path, value)
    return null
  } catch (error) {
    if (isSysError(error)) return `The kernel refuses ${file}: ${error.message.split(': ').pop()}.`
    throw error
  }
}

/** What an agent that was killed left of it is as good as a new one. */
function inGroup(sys: Sys, controller: string, trials: readonly Trial[]): Reason {
  const v1 = cgroupVersion(sys) === 1
  try {
    if (v1) makeCgroup(sys, GROUP)
    else {
      makeIn(sys, ROOT, GROUP)
      handDown(sys, [controller])
    }
    const folder = `${ROOT}${v1 ? `/${controller}` : ''}${GROUP}`
    for (const trial of trials) {
      const refused = set(sys, `${folder}/${trial.file}`, trial)
      if (refused !== null) return refused
    }
    return null
  } finally {
    removeCgroup(sys, GROUP)
  }
}

/** All of one controller, in this order. */
function tryLimits(sys: Sys, trials: readonly [Trial, ...Trial[]]): Reason {
  const [{ controller }] = trials
  const v1 = cgroupVersion(sys) === 1
  const name = v1 ? controller : (NAME_V2[controller] ?? controller)
  const there = v1
    ? sys.stat(`${ROOT}/${controller}`) !== null
    : (sys.read(`${ROOT}/cgroup.controllers`) ?? '').trim().split(' ').includes(name)
  if (!there) return `The ${name} controller of cgroups is not available.`
  return reasonOf(probeAlone(sys, () => inGroup(sys, name, trials)))
}

const trial = (controller: string, file: string, value: string): Trial => ({ controller, file, value })
const GIB = String(2 ** 30)

export function swapLimitReason(sys: Sys): Reason {
  return cgroupVersion(sys) === 2
    ? tryLimits(sys, [trial('memory', 'memory.swap.max', '0')])
    : tryLimits(sys, [
        trial('memory', 'memory.limit_in_bytes', GIB),
        trial('memory', 'memory.memsw.limit_in_bytes', GIB),
      ])
}

export function throttleReason(sys: Sys): Reason {
  return cgroupVersion(sys) === 1 ? NO_THROTTLE : tryLimits(sys, [trial('memory', 'memory.high', GIB)])
}

/** Without the option a guarantee does not reach the groups that a system makes below its own. */
export function guaranteeReason(sys: Sys): Reason {
  if (cgroupVersion(sys) === 1) {
    return 'cgroup v1 promises nothing: it takes memory from VEs above theirs first (memory.soft_limit_in_bytes), without a bound.'
  }
  if (!passGuaranteesOn(sys)) {
    return `${ROOT} cannot be mounted with memory_recursiveprot, which passes guarantees on.`
  }
  return tryLimits(sys, [trial('memory', 'memory.low', GIB), trial('memory', 'memory.min', GIB)])
}

export function cpuSetsReason(sys: Sys): Reason {
  return tryLimits(sys, [
    trial('cpuset', 'cpuset.cpus', firstOf(sys.read('/sys/devices/system/cpu/online'))),
    trial('cpuset', 'cpuset.mems', firstOf(sys.read('/sys/devices/system/node/online'))),
  ])
}

const firstOf = (list: string | null) => /^\d+/.exec(list ?? '')?.[0] ?? '0'

const WRITES_PASS_V1 =
  'Reads and direct writes only: what goes through the page cache is written by the kernel itself, which cgroup v1 does not count as the VE’s.'

export function ioLimitsReason(sys: Sys): Reason | Note {
  const disk = diskAt(sys, mountPointOf(sys.read('/proc/self/mountinfo') ?? '', HOST_PATHS.vz))
  if (disk === null) return `${HOST_PATHS.vz} is on no disk of this host.`
  if (cgroupVersion(sys) === 2) return tryLimits(sys, [trial('blkio', 'io.max', `${disk} rbps=${GIB}`)])
  const reason = tryLimits(sys, [trial('blkio', 'blkio.throttle.read_bps_device', `${disk} ${GIB}`)])
  return reason ?? { note: WRITES_PASS_V1 }
}

export function ioPriorityReason(sys: Sys): Reason {
  const reasons = WEIGHT_FILES[cgroupVersion(sys)].map((file) =>
    tryLimits(sys, [trial('blkio', file, '100')]),
  )
  return reasons.includes(null) ? weightReason(sys) : (reasons[0] ?? null)
}
