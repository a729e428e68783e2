import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Hierarchy, parseHierarchies } from './cgroup-hierarchies.ts'

/** `cpuPercent`: of one CPU; null for all there are. */
export type HostLimits = { memoryBytes: number; processes: number; cpuPercent: number | null }

const CPU_PERIOD_MICROSECONDS = 100_000

const RELEASE_TIMEOUT_MS = 15_000

/** Where the lab's own cgroup is to be in every hierarchy: known, and written down, before it is made. */
export function labCgroupPaths(labId: string): string[] {
  const [self, mounts] = ['/proc/self/cgroup', '/proc/self/mountinfo'].map((file) =>
    readFileSync(file, 'utf8'),
  )
  return parseHierarchies(self ?? '', mounts ?? '').map((hierarchy) =>
    path.join(hierarchy.version === 1 ? hierarchy.own : v2Parent(hierarchy), `corral-lab-${labId}`),
  )
}

/**
 * Cgroup v2 lets no cgroup have both processes and controllers for children, so below the caller's own there is no place,
 * except at the root. In a container the visible top is no root (it has a cgroup.type): there its processes move aside.
 */
function v2Parent({ mountPoint, own }: Hierarchy): string {
  if (!existsSync(path.join(mountPoint, 'cgroup.type'))) return mountPoint
  const aside = path.join(own, 'corral-caller')
  mkdirSync(aside, { recursive: true })
  for (const pid of processesIn(own)) writeFileSync(path.join(aside, 'cgroup.procs'), pid)
  return own
}

/** Makes one cgroup below an existing one, ready to have processes or children. */
export function makeCgroup(dir: string): void {
  const parent = path.dirname(dir)
  if (existsSync(path.join(parent, 'cgroup.subtree_control'))) offerControllers(parent)
  mkdirSync(dir, { recursive: true })
  // In v1 a new cpuset is empty and takes no process (ENOSPC), and so would be each one made below it.
  if (existsSync(path.join(dir, 'cpuset.cpus')) && existsSync(path.join(dir, 'cgroup.clone_children'))) {
    for (const file of ['cpuset.cpus', 'cpuset.mems'])
      writeFileSync(path.join(dir, file), readFileSync(path.join(parent, file)))
    writeFileSync(path.join(dir, 'cgroup.clone_children'), '1')
  }
}

/** A cgroup of that name below the lab's in every hierarchy. */
export function makeCgroups(labCgroups: readonly string[], name: string): string[] {
  return labCgroups.map((lab) => {
    const dir = path.join(lab, name)
    makeCgroup(dir)
    return dir
  })
}

/** What a host of its own has in v2; one write each, as one that is refused takes the others with it. */
const V2_CONTROLLERS = ['cpu', 'cpuset', 'io', 'memory', 'pids', 'hugetlb']

function offerControllers(parent: string): void {
  const there = readFileSync(path.join(parent, 'cgroup.controllers'), 'utf8').split(/\s+/)
  for (const name of V2_CONTROLLERS)
    if (there.includes(name)) writeFileSync(path.join(parent, 'cgroup.subtree_control'), `+${name}`)
}

/** A host's cgroup below the lab's in every hierarchy, with caps on the host as a whole. */
export function makeHostCgroups(labCgroups: readonly string[], host: string, limits: HostLimits): string[] {
  const dirs = makeCgroups(labCgroups, host)
  for (const dir of dirs) {
    setIfThere(dir, ['memory.limit_in_bytes', 'memory.max'], String(limits.memoryBytes))
    setIfThere(dir, ['pids.max'], String(limits.processes))
    if (limits.cpuPercent !== null) capCpu(dir, (limits.cpuPercent / 100) * CPU_PERIOD_MICROSECONDS)
    if (existsSync(path.join(dir, 'devices.deny'))) denyRealDisks(dir)
  }
  return dirs
}

function capCpu(dir: string, quota: number): void {
  setIfThere(dir, ['cpu.cfs_period_us'], String(CPU_PERIOD_MICROSECONDS))
  setIfThere(dir, ['cpu.cfs_quota_us'], String(quota))
  setIfThere(dir, ['cpu.max'], `${quota} ${CPU_PERIOD_MICROSECONDS}`)
}

function setIfThere(dir: string, files: readonly string[], value: string): void {
  for (const file of files) if (existsSync(path.join(dir, file))) writeFileSync(path.join(dir, file), value)
}

/**
 * A lab host is root on this kernel: keep its hands off this machine's disks and memory. Denying single devices (not all but some)
 * lets a container runtime in the host still "allow all" for a VE, which then means all of what the host has.
 */
function denyRealDisks(dir: string): void {
  const majors = new Set(
    readdirSync('/sys/block')
      .filter((name) => !name.startsWith('loop'))
      .map((name) => readFileSync(`/sys/block/${name}/dev`, 'utf8').split(':')[0]),
  )
  const memory = ['c 1:1 rwm', 'c 1:2 rwm', 'c 1:4 rwm']
  for (const rule of [...[...majors].map((major) => `b ${major}:* rwm`), ...memory])
    writeFileSync(path.join(dir, 'devices.deny'), rule)
}

const processesIn = (dir: string) =>
  readFileSync(path.join(dir, 'cgroup.procs'), 'utf8')
    .split('\n')
    .filter((pid) => pid && pid !== '0')

/** A cgroup and all below it, deepest first. */
function withDescendants(dir: string): string[] {
  if (!existsSync(dir)) return []
  const children = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return [...children.flatMap((child) => withDescendants(path.join(dir, child.name))), dir]
}

/** Kills every process in these cgroups and below, then removes them. Throws if one stays for 15 s. */
export async function removeCgroups(dirs: readonly string[]): Promise<void> {
  const deadline = Date.now() + RELEASE_TIMEOUT_MS
  for (;;) {
    const left = dirs.flatMap(withDescendants)
    if (left.length === 0) return
    for (const dir of left) killAndRemove(dir)
    if (dirs.some((dir) => existsSync(dir))) {
      if (Date.now() > deadline)
        throw new Error(
          `These cgroups cannot be removed: ${dirs.filter((dir) => existsSync(dir)).join(', ')}`,
        )
      await sleep(20)
    }
  }
}

function killAndRemove(dir: string): void {
  try {
    for (const pid of processesIn(dir)) process.kill(Number(pid), 'SIGKILL')
    // Of v1's freezer: those that stand still end only once they are let go.
    const freezer = path.join(dir, 'freezer.state')
    if (existsSync(freezer)) writeFileSync(freezer, 'THAWED')
    rmdirSync(dir)
  } catch (error) {
    // Still busy while its processes end; or a process, or the whole cgroup, went away under us. The caller looks again.
    if (
      !['EBUSY', 'ENOTEMPTY', 'ESRCH', 'ENOENT', 'ENODEV'].includes(
        (error as NodeJS.ErrnoException).code ?? '',
      )
    )
      throw error
  }
}
