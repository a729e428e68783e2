/**
 * The user beancounters of OpenVZ: what each of the 21 parameters bounds, and how a mainline kernel counts and holds it. Order, units
 * and classes are those of /proc/user_beancounters (OpenVZ, Documentation/beancounters; vzctl's man page). Inside Corral sizes are bytes
 * and "unlimited" is null; pages are only at a host's edge.
 */
import * as z from 'zod/mini'

export const BEANCOUNTER_NAMES = [
  'kmemsize',
  'lockedpages',
  'privvmpages',
  'shmpages',
  'numproc',
  'physpages',
  'vmguarpages',
  'oomguarpages',
  'numtcpsock',
  'numflock',
  'numpty',
  'numsiginfo',
  'tcpsndbuf',
  'tcprcvbuf',
  'othersockbuf',
  'dgramrcvbuf',
  'numothersock',
  'dcachesize',
  'numfile',
  'numiptent',
  'swappages',
] as const
export type BeancounterName = (typeof BEANCOUNTER_NAMES)[number]

/** What the panel keeps: bytes or items, null for unlimited. */
export const beancounterPair = z.object({
  barrier: z.nullable(z.int().check(z.nonnegative())),
  limit: z.nullable(z.int().check(z.nonnegative())),
})
export type BeancounterPair = z.infer<typeof beancounterPair>

export const beancounters = z.record(z.enum(BEANCOUNTER_NAMES), beancounterPair)
export type Beancounters = Record<BeancounterName, BeancounterPair>

/**
 * `held` now, `maxheld` the most since the VE was started, `failcnt` refusals since then: the kernel's own counts where it keeps any,
 * else what was seen, a refusal each time that `held` was seen to go above the limit. Of memory (physpages) a refusal is what the
 * kernel could not get by dropping files from the cache; of oomguarpages a process that it killed.
 */
export const beancounterReading = z.object({
  held: z.int().check(z.nonnegative()),
  maxheld: z.int().check(z.nonnegative()),
  failcnt: z.int().check(z.nonnegative()),
})
export type BeancounterReading = z.infer<typeof beancounterReading>

/** What a parameter is on one host: held to its limit, only counted, or neither. */
export const BEANCOUNTER_STATUSES = ['enforced', 'accounted', 'unavailable'] as const
export type BeancounterStatus = (typeof BEANCOUNTER_STATUSES)[number]

/** How barrier and limit belong together. */
export type PairRule =
  /** One number, given twice. */
  | 'equal'
  /** Ordinary requests fail above the barrier, all above the limit. */
  | 'ordered'
  /** The barrier is promised; there is no limit. */
  | 'guarantee'
  /** The limit is held; a barrier above 0 is where the VE is slowed down. */
  | 'limit'

/** Where the number comes from and what refuses more, on cgroup v1 and v2; null: nothing does. */
type Mechanism = { counted: string; enforced: string | null }

type BeancounterRecord = {
  label: string
  unit: 'bytes' | 'pages' | 'items'
  class: 'primary' | 'secondary' | 'auxiliary'
  pair: PairRule
  meaning: string
  v1: Mechanism
  v2: Mechanism
}

const both = (counted: string, enforced: string | null) => ({
  v1: { counted, enforced },
  v2: { counted, enforced },
})

export const BEANCOUNTERS: Record<BeancounterName, BeancounterRecord> = {
  kmemsize: {
    label: 'Kernel memory',
    unit: 'bytes',
    class: 'secondary',
    pair: 'ordered',
    meaning:
      'Memory that the kernel itself needs for the VE: processes, page tables, open files, directory entries. Never swapped.',
    v1: { counted: 'memory.kmem.usage_in_bytes', enforced: 'counts towards physpages' },
    v2: { counted: 'kernel of memory.stat', enforced: 'counts towards physpages' },
  },
  lockedpages: {
    label: 'Locked memory',
    unit: 'pages',
    class: 'auxiliary',
    pair: 'ordered',
    meaning: 'Memory that programs have locked with mlock(2), which is never swapped.',
    v1: { counted: 'unevictable of memory.stat', enforced: 'RLIMIT_MEMLOCK, of each process' },
    v2: { counted: 'unevictable of memory.stat', enforced: 'RLIMIT_MEMLOCK, of each process' },
  },
  privvmpages: {
    label: 'Private memory',
    unit: 'pages',
    class: 'secondary',
    pair: 'ordered',
    meaning: 'Memory that programs have asked for, whether they use it yet or not.',
    ...both('data and stacks of the VE’s processes', null),
  },
  shmpages: {
    label: 'Shared memory',
    unit: 'pages',
    class: 'auxiliary',
    pair: 'equal',
    meaning: 'Shared memory segments and files in memory (tmpfs).',
    v1: {
      counted: 'shmem of memory.stat',
      enforced: 'kernel.shmall and the size of /dev/shm, which its root can lift',
    },
    v2: {
      counted: 'shmem of memory.stat',
      enforced: 'kernel.shmall and the size of /dev/shm, which its root can lift',
    },
  },
  numproc: {
    label: 'Processes',
    unit: 'items',
    class: 'primary',
    pair: 'equal',
    meaning: 'Processes and threads.',
    ...both('pids.current', 'pids.max'),
  },
  physpages: {
    label: 'Memory',
    unit: 'pages',
    class: 'auxiliary',
    pair: 'limit',
    meaning:
      'Memory in use, file cache and kernel memory included. Above a barrier the VE is slowed down; at the limit something is killed.',
    v1: { counted: 'memory.usage_in_bytes', enforced: 'memory.limit_in_bytes (no barrier)' },
    v2: { counted: 'memory.current', enforced: 'memory.max, barrier: memory.high' },
  },
  vmguarpages: {
    label: 'Memory guarantee',
    unit: 'pages',
    class: 'primary',
    pair: 'guarantee',
    meaning: 'Memory that the VE gets in any case; the kernel takes it from others first.',
    v1: {
      counted: 'the guarantee is not counted',
      enforced: 'memory.soft_limit_in_bytes, which is a preference',
    },
    v2: { counted: 'the guarantee is not counted', enforced: 'memory.low' },
  },
  oomguarpages: {
    label: 'Out-of-memory guarantee',
    unit: 'pages',
    class: 'secondary',
    pair: 'guarantee',
    meaning: 'Below this much memory and swap nothing of the VE is killed when the host runs out of memory.',
    v1: { counted: 'memory.memsw.usage_in_bytes', enforced: 'oom_score_adj of its processes' },
    v2: { counted: 'memory.current and memory.swap.current', enforced: 'memory.min, oom_score_adj' },
  },
  numtcpsock: {
    label: 'TCP sockets',
    unit: 'items',
    class: 'primary',
    pair: 'equal',
    meaning: 'TCP sockets of any state but TIME-WAIT.',
    ...both('inuse of net/sockstat and net/sockstat6', null),
  },
  numflock: {
    label: 'File locks',
    unit: 'items',
    class: 'auxiliary',
    pair: 'ordered',
    meaning: 'Locks of flock(2) and fcntl(2).',
    ...both('/proc/locks, by the VE’s processes (not those of F_OFD_SETLK)', null),
  },
  numpty: {
    label: 'Terminals',
    unit: 'items',
    class: 'auxiliary',
    pair: 'equal',
    meaning: 'Pseudo-terminals: logins, screen and tmux windows.',
    ...both('ptmx files that the VE’s processes have open', 'max= of its devpts, which its root can lift'),
  },
  numsiginfo: {
    label: 'Queued signals',
    unit: 'items',
    class: 'auxiliary',
    pair: 'equal',
    meaning: 'Signals sent and not taken yet.',
    ...both('SigQ of the VE’s processes', 'RLIMIT_SIGPENDING of the VE’s user namespace'),
  },
  tcpsndbuf: {
    label: 'TCP send buffers',
    unit: 'bytes',
    class: 'secondary',
    pair: 'ordered',
    meaning: 'Data that TCP sockets have yet to send.',
    v1: {
      counted: 'memory.kmem.tcp.usage_in_bytes, both directions',
      enforced: 'memory.kmem.tcp.limit_in_bytes',
    },
    v2: { counted: 'sock of memory.stat, both directions', enforced: 'counts towards physpages' },
  },
  tcprcvbuf: {
    label: 'TCP receive buffers',
    unit: 'bytes',
    class: 'secondary',
    pair: 'ordered',
    meaning: 'Data that TCP sockets have received and no program has read.',
    v1: {
      counted: 'memory.kmem.tcp.usage_in_bytes, both directions',
      enforced: 'memory.kmem.tcp.limit_in_bytes',
    },
    v2: { counted: 'sock of memory.stat, both directions', enforced: 'counts towards physpages' },
  },
  othersockbuf: {
    label: 'Other socket buffers',
    unit: 'bytes',
    class: 'secondary',
    pair: 'ordered',
    meaning: 'Data in local sockets, and what UDP sockets have yet to send.',
    ...both('send queues of UDP sockets; of local ones by ss(8), one VE after another', null),
  },
  dgramrcvbuf: {
    label: 'Datagram receive buffers',
    unit: 'bytes',
    class: 'secondary',
    pair: 'ordered',
    meaning: 'Datagrams that no program has read.',
    ...both('receive queues of UDP sockets', null),
  },
  numothersock: {
    label: 'Other sockets',
    unit: 'items',
    class: 'primary',
    pair: 'equal',
    meaning: 'Sockets that are not TCP: local ones, UDP, raw, netlink.',
    ...both('sockets used of net/sockstat, less those of TCP', null),
  },
  dcachesize: {
    label: 'Directory cache in use',
    unit: 'bytes',
    class: 'auxiliary',
    pair: 'ordered',
    meaning: 'Entries of directories that are in use and cannot be forgotten.',
    v1: { counted: 'not counted: memory.kmem.slabinfo is empty', enforced: 'counts towards physpages' },
    v2: { counted: 'slab_reclaimable of memory.stat', enforced: 'counts towards physpages' },
  },
  numfile: {
    label: 'Open files',
    unit: 'items',
    class: 'auxiliary',
    pair: 'equal',
    meaning: 'Files, sockets and pipes that programs have open.',
    ...both('descriptors of the VE’s processes', null),
  },
  numiptent: {
    label: 'Packet filter rules',
    unit: 'items',
    class: 'auxiliary',
    pair: 'equal',
    meaning: 'Rules that the VE has in its own packet filter.',
    ...both('nft list ruleset in the VE’s network, one VE after another', null),
  },
  swappages: {
    label: 'Swap',
    unit: 'pages',
    class: 'auxiliary',
    pair: 'limit',
    meaning: 'What has been moved from memory to swap.',
    v1: { counted: 'swap of memory.stat', enforced: 'memory.memsw.limit_in_bytes' },
    v2: { counted: 'memory.swap.current', enforced: 'memory.swap.max' },
  },
}
