/**
 * What a VE is given beside its own file system and network: devices of the host, network devices, NFS mounts, clocks, answers to
 * its quota programs. Kept on the host in a small file system, see equipment-paths.ts.
 */
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { attachDevices, convergeDevices } from './devices/devices.ts'
import {
  attachNetworkDevices,
  convergeNetworkDevices,
  returnNetworkDevices,
} from './devices/network-devices.ts'
import { equipmentPaths } from './equipment-paths.ts'
import { attachNfs, convergeNfs, unmountNfs } from './nfs/nfs.ts'
import { prepareShim, removeShim, startShim } from './quota/listener.ts'
import type { Revert } from './revert.ts'
import { runAll } from './run-all.ts'
import { ensureDirectory } from './sys/files.ts'
import { isMountPoint } from './sys/mounts.ts'
import { commandFailed, mustRun } from './sys/run.ts'
import type { Sys } from './sys/sys.ts'

const DROP_TRIES = 50

/** Uptime begins with the VE's. Time that the host slept is not counted by CLOCK_MONOTONIC, and servers do not sleep. */
function makeClocks(sys: Sys, path: string): void {
  const seconds = Math.floor(Number.parseFloat(sys.read('/proc/uptime') ?? '0'))
  sys.write(path, '')
  mustRun(sys, ['unshare', `--time=${path}`, `--boottime=-${seconds}`, `--monotonic=-${seconds}`, 'true'])
}

/** Before the VE is made, its file system mounted. */
export function prepareEquipment(sys: Sys, spec: VeSpec): void {
  const { veid, namespaces } = spec
  const paths = equipmentPaths(veid)
  dropEquipment(sys, veid)
  ensureDirectory(sys, paths.home)
  // Device nodes have to work here; shared, so that what is mounted below comes to be in the VE.
  const options = 'nosuid,mode=755,size=1m'
  mustRun(sys, ['mount', '-t', 'tmpfs', '-o', options, '--make-shared', 'corral', paths.home])
  for (const folder of [paths.devices, paths.nfs]) sys.mkdir(folder, 0o755)
  // On their own, so that their file system tells whether one that was removed is held: see device-file-system.ts.
  // Each with the options that the VE sees it with, or a restored VE, whose mounts its own root makes, could not have it (mount_namespaces(7)).
  mustRun(sys, ['mount', '-t', 'tmpfs', '-o', `${options},noexec`, 'corral-devices', paths.devices])
  if (namespaces.includes('time')) makeClocks(sys, paths.clocks)
  prepareShim(sys, spec)
}

export function hasEquipment(sys: Sys, veid: number): boolean {
  return isMountPoint(sys, equipmentPaths(veid).home)
}

/** To a VE that has been made, its network connected, and does not run yet. Throws as its parts do. */
export function attachEquipment(sys: Sys, spec: VeSpec, initPid: number): void {
  attachNetworkDevices(sys, spec, initPid)
  attachDevices(sys, spec, initPid)
  attachNfs(sys, spec, initPid)
  startShim(sys, spec, initPid)
}

/** Of a running VE, by the namespaces and features that it was made with. */
export function convergeEquipment(sys: Sys, from: VeSpec, to: VeSpec, initPid: number, revert: Revert): void {
  convergeNetworkDevices(sys, from, to, initPid, revert)
  convergeDevices(sys, from, to, initPid, revert)
  convergeNfs(sys, from, to, initPid, revert)
}

function unmountHome(sys: Sys, veid: number): void {
  const { home } = equipmentPaths(veid)
  for (let tries = 0; hasEquipment(sys, veid); tries += 1) {
    const argv = ['umount', '--recursive', home]
    const result = sys.run(argv)
    if (result.code === 0) continue
    if (tries === DROP_TRIES) throw commandFailed(argv, result)
    sys.sleep(20)
  }
  sys.remove(home)
}

/** Once nothing of the VE runs. Harmless when there is nothing. A network card that is not got back comes by itself in the end. */
export function dropEquipment(sys: Sys, veid: number): void {
  const there = hasEquipment(sys, veid)
  runAll(
    () => there && unmountNfs(sys, veid),
    () => there && returnNetworkDevices(sys, veid),
    () => unmountHome(sys, veid),
    () => removeShim(sys, veid),
  )
}
