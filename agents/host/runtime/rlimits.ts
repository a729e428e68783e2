/** Limits of a VE's processes, which would otherwise be those of the session that the agent was called from. See getrlimit(2). */
import type { BeancounterPair } from '../../../lib/contract/beancounters.ts'
import type { VeLimits } from '../../../lib/contract/ve-limits.ts'
import type { Sys } from '../sys/sys.ts'

type Asked = Pick<VeLimits, 'beancounters'>
type Bound = { soft: number; hard: number }

/** As /proc/PID/limits names them. Infinity is none. */
type Limit = { type: string; option: string; words: string; of(limits: Asked): Bound }

const pair = ({ barrier, limit }: BeancounterPair): Bound => ({
  soft: barrier ?? Infinity,
  hard: limit ?? Infinity,
})

const LIMITS: readonly Limit[] = [
  {
    type: 'RLIMIT_CORE',
    option: 'core',
    words: 'Max core file size',
    // A core goes where the host's core_pattern says: only for who asks for it.
    of: () => ({ soft: 0, hard: Infinity }),
  },
  {
    type: 'RLIMIT_MEMLOCK',
    option: 'memlock',
    words: 'Max locked memory',
    of: ({ beancounters }) => pair(beancounters.lockedpages),
  },
  {
    type: 'RLIMIT_NOFILE',
    option: 'nofile',
    words: 'Max open files',
    // What systemd gives: 1024 for programs that use select(2), more for who asks.
    of: () => ({ soft: 1024, hard: 524_288 }),
  },
  {
    type: 'RLIMIT_NPROC',
    option: 'nproc',
    words: 'Max processes',
    // The control group holds numproc, and it can be changed while the VE runs; a limit of processes cannot.
    of: () => ({ soft: Infinity, hard: Infinity }),
  },
  {
    type: 'RLIMIT_SIGPENDING',
    option: 'sigpending',
    words: 'Max pending signals',
    of: ({ beancounters }) => pair(beancounters.numsiginfo),
  },
]

/** What the kernel counts for all users of a user namespace together, from Linux 5.14 on. */
const OF_NAMESPACE = ['RLIMIT_MEMLOCK', 'RLIMIT_NPROC', 'RLIMIT_SIGPENDING']

const CAP_SYS_RESOURCE = 24

export type Rlimit = Bound & { type: string }

/** Whether the agent, whose /proc/PID/status it is, may raise limits and lower scores: not on a host that is itself a container. */
export function mayRaise(status: string): boolean {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)
  return ((effective >> BigInt(CAP_SYS_RESOURCE)) & 1n) === 1n
}

/** `status` and `own` are the agent's own in /proc. Pure. */
export function rlimitsWithin(asked: Asked, status: string, own: string): Rlimit[] {
  return LIMITS.map(({ type, words, of }) => {
    const hardest = new RegExp(`^${words}\\s+\\S+\\s+(\\S+)`, 'm').exec(own)?.[1]
    const most =
      mayRaise(status) || hardest === undefined || hardest === 'unlimited' ? Infinity : Number(hardest)
    const { soft, hard } = of(asked)
    return { type, soft: Math.min(soft, hard, most), hard: Math.min(hard, most) }
  })
}

export function readRlimits(sys: Sys, asked: Asked): Rlimit[] {
  return rlimitsWithin(asked, sys.read('/proc/self/status') ?? '', sys.read('/proc/self/limits') ?? '')
}

/** OCI's process.rlimits. It has no word for "none": those are as the maker's are. */
export function ociRlimits(rlimits: readonly Rlimit[]): Rlimit[] {
  return rlimits.filter(({ hard }) => Number.isFinite(hard))
}

const word = (limit: number) => (Number.isFinite(limit) ? String(limit) : 'unlimited')

/** prlimit(1) for who makes a VE, so that those which OCI does not set are not of the session either. */
export function withRlimits(rlimits: readonly Rlimit[]): string[] {
  const options = rlimits.map(({ type, soft, hard }) => {
    const option = LIMITS.find((each) => each.type === type)?.option
    return `--${option}=${word(soft)}:${word(hard)}`
  })
  return ['prlimit', ...options]
}

/** For who makes a user namespace: of these it takes the maker's soft limits for all its users together, and keeps them. */
export function forNamespace(rlimits: readonly Rlimit[]): Rlimit[] {
  return rlimits
    .filter(({ type }) => OF_NAMESPACE.includes(type))
    .map(({ type, hard }) => ({ type, soft: hard, hard }))
}
