import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseHierarchies } from './cgroup-hierarchies.ts'
import { run } from './command.ts'
import { diskImages } from './host-disks.ts'
import { hostDirectory, readLab } from './lab-state.ts'
import { type LoopDevice, loopDevices, loopDevicesOn } from './loop-devices.ts'
import { findBridge } from './network.ts'

/**
 * What could leak on this machine, one thing a line, sorted: for comparing before and after. Others' things are in it too,
 * so on a machine that does something else meanwhile ask `labFootprint`.
 */
export async function machineFootprint(): Promise<string[]> {
  const loops = await loopDevices()
  return [
    ...mountLines(readFileSync('/proc/self/mountinfo', 'utf8')),
    ...loops.map((loop) => `loop ${loop.backFile}${outerFile(loop, loops)}`),
    ...(await links()).map((name) => `link ${name}`),
    ...listDirectory('/run/netns').map((name) => `netns ${name}`),
    ...allCgroups().map((dir) => `cgroup ${dir}`),
    ...(await rules()).map((line) => `nft ${line}`),
  ].sort()
}

/** What the lab raised in this directory has on the machine now, sorted; nothing when it is down. */
export async function labFootprint(dir: string): Promise<string[]> {
  const lab = readLab(dir)
  if (!lab) return []
  const { direct, nested } = await loopDevicesOn(
    lab.hosts.flatMap(({ name }) => diskImages(hostDirectory(dir, name))),
  )
  const bridge = await findBridge(lab.id)
  const cgroups = allCgroups().filter((cgroup) => cgroup.includes(`corral-lab-${lab.id}`))
  return [
    ...mountLines(readFileSync('/proc/self/mountinfo', 'utf8')).filter((line) => line.includes(`${dir}/`)),
    ...[...direct, ...nested].map((loop) => `loop ${loop.backFile}`),
    ...(bridge ? [`link ${bridge}`] : []),
    ...(await links()).filter((name) => name.includes(lab.id)).map((name) => `link ${name}`),
    ...cgroups.map((cgroup) => `cgroup ${cgroup}`),
    ...processesOf(lab.id).map((name) => `process ${name}`),
  ].sort()
}

/** Mount point, type and source: what stays the same when the same mount is made again. */
export function mountLines(mountInfo: string): string[] {
  return mountInfo
    .trim()
    .split('\n')
    .map((line) => {
      const [before = '', after = ''] = line.split(' - ')
      const [type, source] = after.split(' ')
      return `mount ${before.split(' ')[4]} ${type} ${source}`
    })
}

/** The path of a file on a loop device's own file system says little without the file that that device is on. */
function outerFile(loop: LoopDevice, all: readonly LoopDevice[]): string {
  const outer = all.find((other) => other.device === loop.backDevice)
  return outer ? ` on ${outer.backFile}` : ''
}

async function links(): Promise<string[]> {
  return (JSON.parse(await run(['ip', '-json', 'link'])) as { ifname: string }[]).map(({ ifname }) => ifname)
}

function allCgroups(): string[] {
  const [self, mounts] = ['/proc/self/cgroup', '/proc/self/mountinfo'].map((file) =>
    readFileSync(file, 'utf8'),
  )
  return parseHierarchies(self ?? '', mounts ?? '').flatMap(({ mountPoint }) => below(mountPoint))
}

function below(dir: string): string[] {
  return listDirectories(dir).flatMap((name) => [path.join(dir, name), ...below(path.join(dir, name))])
}

/** A cgroup may go away while we look. */
function listDirectories(dir: string): string[] {
  if (!existsSync(dir)) return []
  try {
    return readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    )
  } catch {
    return []
  }
}

const listDirectory = (dir: string) => (existsSync(dir) ? readdirSync(dir) : [])

async function rules(): Promise<string[]> {
  if (!['/usr/sbin/nft', '/sbin/nft'].some((file) => existsSync(file))) return []
  return (await run(['nft', 'list', 'ruleset'])).split('\n').filter(Boolean)
}

/** Everything in one of the lab's cgroups. */
function processesOf(labId: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      if (!readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(`corral-lab-${labId}`)) return []
      return [readFileSync(`/proc/${pid}/comm`, 'utf8').trim()]
    } catch {
      return []
    }
  })
}
