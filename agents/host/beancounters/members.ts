/** The processes of a VE, by its control group and those that it made below. */
import { ROOT } from '../resources/cgroup.ts'
import type { Sys } from '../sys/sys.ts'
import { peek, peekLong, SHORT_BYTES } from './numbers.ts'

/** The kernel's own files in a control group: a group cannot have the name of one. */
export type KnownFiles = Set<string>

/** Some 500,000 processes. */
const BYTES_MOST = 4 * 1024 * 1024

/** Most are short. */
function readAll(sys: Sys, path: string): string {
  const text = peek(sys, path)
  return text.length < SHORT_BYTES ? text : peekLong(sys, path, BYTES_MOST)
}

const numbers = (text: string): number[] => {
  const found: number[] = []
  for (const line of text.split('\n')) {
    const pid = Number(line)
    if (pid > 0) found.push(pid)
  }
  return found
}

/** Processes of a VE, and the control groups that it made. */
export type Members = { pids: number[]; below: string[] }

/** A group of threads has its processes told by the group above (cgroups(7)): reading fails, and gives none. */
function walk(sys: Sys, folder: string, known: KnownFiles, found: Members): void {
  for (const name of sys.list(folder)) {
    if (known.has(name)) continue
    const path = `${folder}/${name}`
    const stat = sys.stat(path)
    // A group that has just gone: one of that name may come again.
    if (stat === null) continue
    if (stat.kind !== 'directory') {
      known.add(name)
      continue
    }
    for (const pid of numbers(readAll(sys, `${path}/cgroup.procs`))) found.pids.push(pid)
    found.below.push(path)
    if (stat.links > 2) walk(sys, path, known, found)
  }
}

/** Zeros, for processes of another pid namespace that are not to be seen, are left out. */
export function members(sys: Sys, version: 1 | 2, path: string, known: KnownFiles): Members {
  const folder = version === 2 ? `${ROOT}${path}` : `${ROOT}/pids${path}`
  const found: Members = { pids: numbers(readAll(sys, `${folder}/cgroup.procs`)), below: [] }
  if ((sys.stat(folder)?.links ?? 2) > 2) walk(sys, folder, known, found)
  return found
}
