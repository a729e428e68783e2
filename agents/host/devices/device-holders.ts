/**
 * Who in a VE has a device open. The kernel cannot take an open device back, so that whoever has one that is revoked is ended.
 * Told by files of the kernel only: never by looking at what the VE's own file systems say, which could hold up the host.
 */
import { equipmentPaths } from '../equipment-paths.ts'
import { veCgroup } from '../paths.ts'
import { cgroupProcesses } from '../resources/cgroup.ts'
import type { Sys } from '../sys/sys.ts'

const SIGKILL = 9
const ROUNDS = 40

function readGone(sys: Sys, path: string): string {
  try {
    return sys.read(path) ?? ''
  } catch {
    return '' // the process, or that file of it, is gone
  }
}

/** Ids of the mounts in which a process sees the host's directory of nodes: those of its file system, "0:108". */
function mountIds(mountinfo: string, device: string): Set<string> {
  const ids = new Set<string>()
  for (const line of mountinfo.split('\n')) {
    const [id = '', , numbers] = line.split(' ')
    if (numbers === device) ids.add(id)
  }
  return ids
}

/** proc_pid_fdinfo(5): the mount of an open file, and from Linux 5.14 on its inode. */
function holds(fdinfo: string, mounts: ReadonlySet<string>, inode: string): boolean {
  const mount = /^mnt_id:\s*(\d+)$/m.exec(fdinfo)?.[1]
  const ino = /^ino:\s*(\d+)$/m.exec(fdinfo)?.[1]
  return mount !== undefined && mounts.has(mount) && (ino === undefined || ino === inode)
}

/** Processes of the VE that have the node open. Ask before the node is removed. */
export function holdersOf(sys: Sys, veid: number, node: string): number[] {
  const [device = '', inode = ''] = sys.run(['stat', '-c', '%Hd:%Ld %i', node]).stdout.trim().split(' ')
  if (device === '' || !node.startsWith(equipmentPaths(veid).devices)) return []
  return cgroupProcesses(sys, veCgroup(veid)).filter((pid) => {
    const mounts = mountIds(readGone(sys, `/proc/${pid}/mountinfo`), device)
    if (mounts.size === 0) return false
    const files = sys.list(`/proc/${pid}/fdinfo`)
    return files.some((fd) => holds(readGone(sys, `/proc/${pid}/fdinfo/${fd}`), mounts, inode))
  })
}

/** They may fork while they are looked for. Nobody can open it any more by now. */
export function endHolders(sys: Sys, veid: number, node: string): void {
  for (let round = 0; round < ROUNDS; round += 1) {
    const holders = holdersOf(sys, veid, node)
    if (holders.length === 0) return
    for (const pid of holders) sys.kill(pid, SIGKILL)
    sys.sleep(5)
  }
}
