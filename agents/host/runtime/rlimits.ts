/** Limits of a VE's processes, which would otherwise be those of the session that the agent was called from. See getrlimit(2). */
import type { Sys } from '../sys/sys.ts'

/** As /proc/PID/limits names them. Infinity is none. */
type Limit = { type: string; option: string; words: string; soft: number; hard: number }

const LIMITS: readonly Limit[] = [
  // A core goes where the host's core_pattern says: only for who asks for it.
  { type: 'RLIMIT_CORE', option: 'core', words: 'Max core file size', soft: 0, hard: Infinity },
  // Locked memory counts as the VE's all the same; this bounds how much of it cannot be reclaimed. 8 MiB is the kernel's own default.
  {
    type: 'RLIMIT_MEMLOCK',
    option: 'memlock',
    words: 'Max locked memory',
    soft: 8_388_608,
    hard: 67_108_864,
  },
  // What systemd gives: 1024 for programs that use select(2), more for who asks.
  { type: 'RLIMIT_NOFILE', option: 'nofile', words: 'Max open files', soft: 1024, hard: 524_288 },
  // The control group holds numproc, and it can be changed while the VE runs; a limit of processes cannot.
  { type: 'RLIMIT_NPROC', option: 'nproc', words: 'Max processes', soft: Infinity, hard: Infinity },
  // 160 bytes of the kernel's memory each, of all users of the VE together.
  {
    type: 'RLIMIT_SIGPENDING',
    option: 'sigpending',
    words: 'Max pending signals',
    soft: 16_384,
    hard: 16_384,
  },
]

const CAP_SYS_RESOURCE = 24

export type Rlimit = { type: string; soft: number; hard: number }

/** `status` and `limits` are the agent's own in /proc: a host that is itself a container may not raise a limit. Pure. */
export function rlimitsWithin(status: string, limits: string): Rlimit[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)
  const mayRaise = ((effective >> BigInt(CAP_SYS_RESOURCE)) & 1n) === 1n
  return LIMITS.map(({ type, words, soft, hard }) => {
    const own = new RegExp(`^${words}\\s+\\S+\\s+(\\S+)`, 'm').exec(limits)?.[1]
    const most = mayRaise || own === undefined || own === 'unlimited' ? Infinity : Number(own)
    return { type, soft: Math.min(soft, most), hard: Math.min(hard, most) }
  })
}

export function readRlimits(sys: Sys): Rlimit[] {
  return rlimitsWithin(sys.read('/proc/self/status') ?? '', sys.read('/proc/self/limits') ?? '')
}

/** OCI's process.rlimits. It has no word for "none": those are as the maker's are. */
export function ociRlimits(rlimits: readonly Rlimit[]): Rlimit[] {
  return rlimits.filter(({ hard }) => Number.isFinite(hard))
}

const word = (limit: number) => (Number.isFinite(limit) ? String(limit) : 'unlimited')

/**
 * prlimit(1) for who makes a VE: from Linux 5.14 on, a user namespace takes the limits of its maker for all its users together,
 * and keeps them.
 */
export function withRlimits(sys: Sys): string[] {
  const options = readRlimits(sys).map(({ type, soft, hard }) => {
    const option = LIMITS.find((each) => each.type === type)?.option
    return `--${option}=${word(soft)}:${word(hard)}`
  })
  return ['prlimit', ...options]
}
