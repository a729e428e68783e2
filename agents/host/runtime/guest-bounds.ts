/**
 * Bounds on what a VE has inside: its terminals, its shared memory. They hold its users, not its root, who may mount more of either
 * and set the sysctl; what that takes counts as the VE's memory.
 */
import type { VeLimits } from '../../../lib/contract/ve-limits.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { pageBytes } from '../facts/parse.ts'
import { runInside } from '../run-inside.ts'
import type { Sys } from '../sys/sys.ts'

type Bounded = Pick<VeLimits, 'beancounters' | 'memoryBytes'>

/** NR_UNIX98_PTY_MAX: what a devpts takes as "no limit". */
const TERMINALS_MOST = 1_048_576
/** What kernel.shmall is where nothing is set (include/uapi/linux/shm.h: ULONG_MAX - (1UL << 24)), as far as 32 bits go. */
const SHARED_PAGES_MOST = 4_278_190_079

/** mount(2). */
const MS_NOSUID = 2
const MS_NODEV = 4
const MS_NOEXEC = 8

/** All of devpts': those left out would be the kernel's own. One more than asked: its console is one, and the host's. */
export function terminalOptions({ beancounters }: Bounded): string[] {
  const most = Math.min((beancounters.numpty.limit ?? TERMINALS_MOST) + 1, TERMINALS_MOST)
  return ['ptmxmode=0666', 'mode=0620', 'gid=5', `max=${most}`]
}

/** Of /dev/shm: half of the memory, as the kernel's own would be of the host's, unless it is said. Rounded up by the kernel. */
export function sharedSize({ beancounters, memoryBytes }: Bounded): string {
  return `size=${beancounters.shmpages.limit ?? Math.floor(memoryBytes / 2)}`
}

/** kernel.shmall; null for the kernel's own. */
export function sharedPages({ beancounters }: Bounded, page: number): number | null {
  const bytes = beancounters.shmpages.limit
  return bytes === null ? null : Math.ceil(bytes / page)
}

/** Written by a program of the host as the VE's root, to whom its IPC namespace belongs, and with the host's files. */
function setShared(sys: Sys, initPid: number, pages: number): boolean {
  const argv = ['nsenter', `--target=${initPid}`, '--user', '--ipc', 'tee', '/proc/sys/kernel/shmall']
  return sys.run(argv, { stdin: String(pages) }).code === 0
}

/** Changes them in a running VE; gives the fields of what its root has put out of reach, to be told. */
export function changeBounds(sys: Sys, from: VeSpec, to: VeSpec, initPid: number): string[] {
  const remount = (path: string, options: (limits: Bounded) => string, flags: number) => {
    const option = options(to.limits)
    return (
      options(from.limits) === option || runInside(sys, to, initPid, 'remount', [path, option, String(flags)])
    )
  }
  const terminals = (limits: Bounded) => terminalOptions(limits).join(',')
  const pages = (limits: Bounded) =>
    sharedPages(limits, pageBytes(sys.read('/proc/self/smaps') ?? '')) ?? SHARED_PAGES_MOST
  const own = to.namespaces.includes('user') && to.namespaces.includes('ipc')
  const sameShared = pages(from.limits) === pages(to.limits)
  const set = {
    numpty: remount('/dev/pts', terminals, MS_NOSUID | MS_NOEXEC),
    shmpages: remount('/dev/shm', (limits) => `${sharedSize(limits)},mode=1777`, MS_NOSUID | MS_NODEV),
    shmall: !own || sameShared || setShared(sys, initPid, pages(to.limits)),
  }
  return Object.entries(set).flatMap(([name, done]) => (done ? [] : [name]))
}
