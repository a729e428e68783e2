/**
 * NFS mounts of a VE. No user namespace may mount NFS: the host does, in the VE's network namespace, so that packets are the VE's
 * and pass its firewall; what is mounted comes to be in the VE below NFS_INSIDE, and is bound to its path there by the VE's own
 * root. Call these while holding the VE's lock.
 */
import { Problem } from '../../../lib/contract/problem.ts'
import type { NfsMount } from '../../../lib/contract/ve-features.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { equipmentPaths, NFS_INSIDE } from '../equipment-paths.ts'
import type { Revert } from '../revert.ts'
import { runInside } from '../run-inside.ts'
import { readJson, replaceFile } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { mountArgv, sameMount } from './nfs-plan.ts'

export type NfsSpec = Pick<VeSpec, 'veid' | 'namespaces' | 'features'>

/** `slot` names its directory. */
type Mounted = NfsMount & { slot: number }

const recordPath = (veid: number) => `${equipmentPaths(veid).home}/nfs.json`

function readRecord(sys: Sys, veid: number): Mounted[] {
  return readJson<Mounted[]>(sys, recordPath(veid)) ?? []
}

function writeRecord(sys: Sys, veid: number, mounts: readonly Mounted[]): void {
  replaceFile(sys, recordPath(veid), JSON.stringify(mounts))
}

function refuseUnfit({ namespaces, features }: NfsSpec): void {
  if (features.nfs.length === 0 || (namespaces.includes('user') && namespaces.includes('network'))) return
  const text = 'NFS takes users and a network of the VE’s own.'
  throw new Problem('invalid-input', text, { fields: { 'spec.features.nfs': text } })
}

/** The record comes first, so that one killed in between leaves nothing unknown. */
function mount(sys: Sys, spec: NfsSpec, initPid: number, wanted: NfsMount): void {
  const record = readRecord(sys, spec.veid)
  const slot = Math.max(-1, ...record.map((each) => each.slot)) + 1
  const directory = `${equipmentPaths(spec.veid).nfs}/${slot}`
  writeRecord(sys, spec.veid, [...record, { ...wanted, slot }])
  sys.mkdir(directory, 0o755)
  mustRun(sys, mountArgv(wanted, directory, initPid))
  if (runInside(sys, spec, initPid, 'bind', [wanted.path, `${NFS_INSIDE}/${slot}`])) return
  throw new Problem('command-failed', `${wanted.path} of VE ${spec.veid} cannot be mounted on.`)
}

/** By force: a server that is gone must not hold up the host. */
const unmountArgv = (directory: string) => [
  'timeout',
  '-s',
  'KILL',
  '10',
  'umount',
  '--force',
  '--lazy',
  directory,
]

function unmount(sys: Sys, spec: NfsSpec, initPid: number, { path, slot }: Mounted): void {
  runInside(sys, spec, initPid, 'unbind', [path])
  const directory = `${equipmentPaths(spec.veid).nfs}/${slot}`
  sys.run(unmountArgv(directory))
  sys.remove(directory)
  writeRecord(
    sys,
    spec.veid,
    readRecord(sys, spec.veid).filter((each) => each.slot !== slot),
  )
}

function change(sys: Sys, to: NfsSpec, initPid: number): void {
  for (const mounted of readRecord(sys, to.veid)) {
    if (!to.features.nfs.some((each) => sameMount(each, mounted))) unmount(sys, to, initPid, mounted)
  }
  const kept = readRecord(sys, to.veid)
  for (const each of to.features.nfs) {
    if (!kept.some((mounted) => sameMount(each, mounted))) mount(sys, to, initPid, each)
  }
}

/** To a VE that has been made, its network connected, and does not run yet. Throws `invalid-input`, `command-failed`. */
export function attachNfs(sys: Sys, spec: NfsSpec, initPid: number): void {
  refuseUnfit(spec)
  for (const each of spec.features.nfs) mount(sys, spec, initPid, each)
}

/** Of a running VE. What is revoked is not taken from a program that has bound it elsewhere: the server or a firewall rule can. */
export function convergeNfs(sys: Sys, from: NfsSpec, to: NfsSpec, initPid: number, revert: Revert): void {
  if (JSON.stringify(from.features.nfs) === JSON.stringify(to.features.nfs)) return
  refuseUnfit(to)
  revert.push('NFS mounts', () => change(sys, from, initPid))
  change(sys, to, initPid)
}

/** All of them off the host, before its small file system goes. Harmless when there is none. */
export function unmountNfs(sys: Sys, veid: number): void {
  for (const { slot } of readRecord(sys, veid)) {
    sys.run(unmountArgv(`${equipmentPaths(veid).nfs}/${slot}`))
  }
}
