/**
 * What each parameter is on this host. "enforced": not even the VE's root gets beyond it, and a test has tried on a kernel of this
 * kind (agents/limits.host.test.ts, limits.machine.test.ts). "accounted": counted, and what else holds it is in the note.
 */
import {
  BEANCOUNTER_NAMES,
  type BeancounterName,
  type BeancounterStatus,
} from '../../../lib/contract/beancounters.ts'
import type { HostFacts } from '../../../lib/contract/host-facts.ts'
import { cgroupVersion, ROOT } from '../resources/cgroup.ts'
import { guaranteeReason, swapLimitReason } from '../resources/limit-probes.ts'
import { mayRaise } from '../runtime/rlimits.ts'
import { countsAlone } from '../runtime/user-namespace.ts'
import type { Sys } from '../sys/sys.ts'

type Status = { status: BeancounterStatus; note: string | null }

const is =
  (status: BeancounterStatus) =>
  (note: string | null = null): Status => ({ status, note })
const enforced = is('enforced')
const accounted = is('accounted')
const unavailable = is('unavailable')

const AS_MEMORY = 'Counted; what it takes is part of the memory, whose limit is held.'
const LEAST_GIVEN =
  'The two limits are added. At that sum the kernel gives a socket only the least with which it goes on, some 64 KiB, but no socket nothing.'
const COUNTED = accounted('Counted, not refused: mainline kernels have no limit for it.')

function controller(sys: Sys, name: string, whenThere: Status): Status {
  const there =
    cgroupVersion(sys) === 2
      ? (sys.read(`${ROOT}/cgroup.controllers`) ?? '').trim().split(' ').includes(name)
      : sys.stat(`${ROOT}/${name}/cgroup.procs`) !== null
  return there ? whenThere : unavailable(`The ${name} controller of cgroups is not available.`)
}

/** Linux 5.14 began to count by user namespace. */
function signals(sys: Sys): Status {
  const [major = 0, minor = 0] = (sys.read('/proc/sys/kernel/osrelease') ?? '').split('.').map(Number)
  if (major < 5 || (major === 5 && minor < 14)) {
    return accounted('Each of the VE’s users is refused more; to hold them together takes Linux 5.14.')
  }
  const shared = countsAlone(sys)
    ? ''
    : ' On this host, which is a container, those of other VEs and of the host count too: it may be refused before.'
  return enforced(
    `All users of the VE together. Changed from its next start on.${shared}${ownMost(sys, 'pending signals')}`,
  )
}

/** A host that is itself a container cannot give more than it was given. */
function ownMost(sys: Sys, words: string): string {
  if (mayRaise(sys.read('/proc/self/status') ?? '')) return ''
  const most = new RegExp(`^Max ${words}\\s+\\S+\\s+(\\d+)`, 'm').exec(
    sys.read('/proc/self/limits') ?? '',
  )?.[1]
  return most === undefined ? '' : ` This host, which may not raise its own limits, gives at most ${most}.`
}

function tcpBuffers(sys: Sys): Status {
  const there = sys.stat(`${ROOT}/memory/memory.kmem.tcp.limit_in_bytes`) !== null
  return accounted(there ? LEAST_GIVEN : AS_MEMORY)
}

function killedLast(sys: Sys): Status {
  const kept = guaranteeReason(sys) === null ? 'So much is not taken away from it (memory.min); when' : 'When'
  return mayRaise(sys.read('/proc/self/status') ?? '')
    ? accounted(`${kept} the host runs out of memory, its processes below that are the last to be killed.`)
    : accounted('Not promised: on this host the agent may not lower the score by which the kernel kills.')
}

const NOTES: Record<BeancounterName, (sys: Sys) => Status> = {
  kmemsize: (sys) => controller(sys, 'memory', accounted(AS_MEMORY)),
  lockedpages: (sys) =>
    accounted(
      `Each process is refused more, from the VE’s next start on; all together are part of its memory.${ownMost(sys, 'locked memory')}`,
    ),
  privvmpages: () => COUNTED,
  shmpages: () =>
    accounted(
      'More is refused in /dev/shm and to shmget(2). The VE’s root can lift that; then its memory’s limit holds it.',
    ),
  numproc: (sys) => controller(sys, 'pids', enforced()),
  physpages: (sys) =>
    controller(
      sys,
      'memory',
      enforced(
        cgroupVersion(sys) === 1
          ? 'A barrier, where it would be slowed down, takes cgroup v2.'
          : 'For moments the kernel itself goes beyond it, by what it cannot wait for, such as packets on their way.',
      ),
    ),
  vmguarpages: (sys) => {
    const reason = guaranteeReason(sys)
    return reason === null
      ? enforced('As long as the host finds memory elsewhere (memory.low).')
      : unavailable(reason)
  },
  oomguarpages: killedLast,
  numtcpsock: () => COUNTED,
  numflock: () =>
    accounted(
      'Counted, not refused: mainline kernels have no limit for it, nor do they count what locks take as the VE’s memory.',
    ),
  numpty: () =>
    accounted(
      'More is refused on the VE’s own devpts. Its root can lift that; then all VEs share what kernel.pty.max leaves.',
    ),
  numsiginfo: signals,
  tcpsndbuf: tcpBuffers,
  tcprcvbuf: tcpBuffers,
  othersockbuf: () => COUNTED,
  dgramrcvbuf: () => COUNTED,
  numothersock: () => COUNTED,
  dcachesize: (sys) =>
    cgroupVersion(sys) === 2
      ? controller(sys, 'memory', accounted(AS_MEMORY))
      : unavailable('cgroup v1 does not tell it; it is part of the memory, whose limit is held.'),
  numfile: () =>
    accounted(
      'Counted for each process, also what several share; not refused in sum, but to each process (RLIMIT_NOFILE).',
    ),
  numiptent: () => COUNTED,
  swappages: (sys) => {
    const reason = swapLimitReason(sys)
    return reason === null ? enforced() : unavailable(reason)
  },
}

export function beancounterStatuses(sys: Sys): HostFacts['beancounters'] {
  return Object.fromEntries(
    BEANCOUNTER_NAMES.map((name) => [name, NOTES[name](sys)]),
  ) as HostFacts['beancounters']
}
