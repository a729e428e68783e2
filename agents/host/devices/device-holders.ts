/**
 * Who in a VE has a device open. Paths, mounts and descriptors its root arranges as it likes (umount -l, unshare, bind mounts,
 * threads with descriptors of their own); the file system and the inode of the node it does not.
 */
import { veCgroup } from '../paths.ts'
import { cgroupProcesses } from '../resources/cgroup.ts'
import type { Sys } from '../sys/sys.ts'

const SIGKILL = 9
/** Another file system, or a page that does not come, must not hold up the host: these programs are killed then. */
const BOUNDED = ['timeout', '--signal=KILL', '3'] as const

/** A node as stat(2) and as /proc/PID/maps tell it: "8388739 5" and "80:03 5". */
export type NodeId = { inode: string; inStat: string; inMaps: string }

/** null when it is not there. */
export function nodeId(sys: Sys, node: string): NodeId | null {
  const said = sys.run(['stat', '--format=%d %Hd %Ld %i', node]).stdout.trim()
  const [device, major, minor, inode] = said.split(' ')
  if (inode === undefined) return null
  const hex = (number?: string) => Number(number).toString(16).padStart(2, '0')
  return { inode, inStat: `${device} ${inode}`, inMaps: `${hex(major)}:${hex(minor)} ${inode}` }
}

function readGone(sys: Sys, path: string): string {
  try {
    return sys.read(path) ?? ''
  } catch {
    return '' // the process, or that file of it, is gone
  }
}

/** Each thread may have descriptors of its own, and the first may have ended before the others. */
function threads(sys: Sys, pids: readonly number[]): string[] {
  return pids.flatMap((pid) => sys.list(`/proc/${pid}/task`).map((task) => `/proc/${pid}/task/${task}`))
}

/** proc_pid_fdinfo(5) tells the inode from Linux 5.14 on, of whatever file system. Before that every descriptor may be one. */
function mayBe(fdinfo: string, inode: string): boolean {
  const told = /^ino:\s*(\d+)$/m.exec(fdinfo)?.[1]
  return fdinfo !== '' && (told === undefined || told === inode)
}

/** What is cached of a file is asked for: a file system that the VE serves itself is not waited for. */
function withDescriptor(sys: Sys, tasks: readonly string[], { inode, inStat }: NodeId): string[] {
  const paths = tasks.flatMap((task) => {
    const files = sys.list(`${task}/fdinfo`)
    const near = files.filter((fd) => mayBe(readGone(sys, `${task}/fdinfo/${fd}`), inode))
    return near.map((fd) => `${task}/fd/${fd}`)
  })
  if (paths.length === 0) return []
  const stat = ['stat', '--dereference', '--cached=always', '--format=%d %i %n', ...paths]
  const lines = sys.run([...BOUNDED, ...stat]).stdout.split('\n')
  return lines.filter((line) => line.startsWith(`${inStat} `)).map((line) => line.slice(inStat.length + 1))
}

/** proc_pid_maps(5): address, permissions, offset, device, inode, path. */
function withMapping(sys: Sys, tasks: readonly string[], { inMaps }: NodeId): string[] {
  if (tasks.length === 0) return []
  const line = `^[0-9a-f]+-[0-9a-f]+ [a-z-]+ [0-9a-f]+ ${inMaps}( |$)`
  const grep = ['grep', '-s', '-l', '-E', '--line-buffered', line, ...tasks.map((task) => `${task}/maps`)]
  return sys.run([...BOUNDED, ...grep]).stdout.split('\n')
}

/** Processes of the VE that have a descriptor or a mapping of the node. */
export function holdersOf(sys: Sys, veid: number, id: NodeId): number[] {
  const tasks = threads(sys, cgroupProcesses(sys, veCgroup(veid)))
  const found = [...withDescriptor(sys, tasks, id), ...withMapping(sys, tasks, id)]
  const pids = found.map((path) => Number(path.split('/')[2])).filter((pid) => pid > 0)
  // A number may be another's by now: it is asked again who is the VE's.
  return cgroupProcesses(sys, veCgroup(veid)).filter((pid) => pids.includes(pid))
}

/** Whether there were any. */
export function endHolders(sys: Sys, veid: number, ids: readonly NodeId[]): boolean {
  const holders = new Set(ids.flatMap((id) => holdersOf(sys, veid, id)))
  for (const pid of holders) sys.kill(pid, SIGKILL)
  return holders.size > 0
}
