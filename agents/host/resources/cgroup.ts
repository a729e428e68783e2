/** The control groups of VEs: their processes, and making and removing the directories. No process is started. */
import { CGROUP_PARENT } from '../paths.ts'
import { isSysError, type Sys } from '../sys/sys.ts'
import type { CgroupShape } from './oci-resources.ts'

export const ROOT = '/sys/fs/cgroup'

export function cgroupVersion(sys: Sys): 1 | 2 {
  return sys.stat(`${ROOT}/cgroup.controllers`) === null ? 1 : 2
}

export function cgroupShape(sys: Sys): CgroupShape {
  const version = cgroupVersion(sys)
  const swap =
    version === 1
      ? sys.stat(`${ROOT}/memory/memory.memsw.limit_in_bytes`) !== null
      : sys.stat('/proc/swaps') !== null
  return { version, swap }
}

/** The mounted hierarchies: one for each v1 controller (symbolic links such as cpu → cpu,cpuacct left out), or the one of v2. */
export function hierarchies(sys: Sys): string[] {
  if (cgroupVersion(sys) === 2) return [ROOT]
  return sys
    .list(ROOT)
    .filter((name) => name !== 'unified' && sys.stat(`${ROOT}/${name}`)?.kind === 'directory')
    .map((name) => `${ROOT}/${name}`)
}

/** Another request may remove the empty parent at the same moment; once our own directory is there, it cannot. */
export function makeIn(sys: Sys, hierarchy: string, path: string): void {
  for (let tries = 0; ; tries += 1) {
    try {
      sys.mkdir(`${hierarchy}${CGROUP_PARENT}`, 0o755)
      sys.mkdir(`${hierarchy}${path}`, 0o755)
      return
    } catch (error) {
      if (tries === 5) throw error
    }
  }
}

/** v2 only: so that groups below `/corral` have these controllers, where the kernel offers them. */
export function handDown(sys: Sys, controllers: readonly string[]): void {
  const has = (path: string, name: string) => (sys.read(path) ?? '').trim().split(' ').includes(name)
  for (const folder of [ROOT, `${ROOT}${CGROUP_PARENT}`]) {
    const control = `${folder}/cgroup.subtree_control`
    const lacking = controllers.filter(
      (name) => has(`${folder}/cgroup.controllers`, name) && !has(control, name),
    )
    if (lacking.length > 0) sys.write(control, lacking.map((name) => `+${name}`).join(' '))
  }
}

/** In v2 the runtime makes it, since it also hands controllers down. */
export function makeCgroup(sys: Sys, path: string): void {
  if (cgroupVersion(sys) === 2) return
  for (const hierarchy of hierarchies(sys)) {
    makeIn(sys, hierarchy, path)
    seedCpuset(sys, `${hierarchy}${CGROUP_PARENT}`)
    seedCpuset(sys, `${hierarchy}${path}`)
  }
}

/** A new cpuset of v1 has neither CPUs nor memory nodes, and takes no process before it has. */
function seedCpuset(sys: Sys, folder: string): void {
  for (const name of ['cpuset.cpus', 'cpuset.mems']) {
    if (sys.read(`${folder}/${name}`)?.trim() !== '') continue
    const above = sys.read(`${folder.slice(0, folder.lastIndexOf('/'))}/${name}`)?.trim()
    if (above) sys.write(`${folder}/${name}`, above)
  }
}

function removeTree(sys: Sys, folder: string): void {
  for (const name of sys.list(folder)) {
    if (sys.stat(`${folder}/${name}`)?.kind === 'directory') removeTree(sys, `${folder}/${name}`)
  }
  sys.remove(folder)
}

/** With the groups that a guest made below it; and the parent, when this was the last. Nothing may run there any more. */
export function removeCgroup(sys: Sys, path: string): void {
  for (const hierarchy of hierarchies(sys)) {
    if (sys.stat(`${hierarchy}${path}`) !== null) removeTree(sys, `${hierarchy}${path}`)
    sys.remove(`${hierarchy}${CGROUP_PARENT}`)
  }
}

const numbers = (text: string | null) =>
  (text ?? '').split('\n').flatMap((line) => (line === '' ? [] : [Number(line)]))

/** What a guest made a group of threads does not tell its processes: the group above, which is none, tells them (cgroups(7)). */
function readBelow(sys: Sys, path: string): string | null {
  try {
    return sys.read(path)
  } catch (error) {
    if (isSysError(error)) return null
    throw error
  }
}

function processesBelow(sys: Sys, folder: string): number[] {
  return sys
    .list(folder)
    .map((name) => `${folder}/${name}`)
    .filter((path) => sys.stat(path)?.kind === 'directory')
    .flatMap((path) => [...numbers(readBelow(sys, `${path}/cgroup.procs`)), ...processesBelow(sys, path)])
}

/** Processes of a VE, those in groups that it made below its own included. */
export function cgroupProcesses(sys: Sys, path: string): number[] {
  const folder = cgroupVersion(sys) === 2 ? `${ROOT}${path}` : `${ROOT}/pids${path}`
  return [...numbers(sys.read(`${folder}/cgroup.procs`)), ...processesBelow(sys, folder)]
}
