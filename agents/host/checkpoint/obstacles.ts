/** What keeps a VE from being written down, as far as it can be told before it is tried. CRIU itself has the last word. */
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeNamespace } from '../../../lib/contract/ve-application.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { checkpointReason } from '../facts/checkpoint-probe.ts'
import { readNamesInside } from '../network/restored.ts'
import { veCgroup } from '../paths.ts'
import { cgroupProcesses } from '../resources/cgroup.ts'
import { rescueOf } from '../storage/rescue-disk.ts'
import { isSysError, type Sys } from '../sys/sys.ts'

/** CRIU makes these anew: processes that share one with the host cannot come back to it as they were. */
const OWN: readonly VeNamespace[] = ['pid', 'ipc', 'network']
/** It knows one of each in a VE; of mounts and networks it knows several. */
const SINGLE = ['user', 'pid', 'ipc', 'uts'] as const
const NAMED_MOST = 5

/** A name that its settings file can hold. */
const PLAIN_NAME = /^(?!if\d+$)[\w.-]+$/

type Process = { pid: number; parent: number; name: string }

function ofSpec({ namespaces, networkDevices, features }: VeSpec): string[] {
  const shared = OWN.filter((name) => !namespaces.includes(name))
  return [
    ...(shared.length === 0 ? [] : [`It shares with the host: ${shared.join(', ')}.`]),
    ...(networkDevices.length === 0
      ? []
      : [`It has network devices of the host: ${networkDevices.map(({ device }) => device).join(', ')}.`]),
    ...(features.nfs.length === 0 ? [] : ['It has NFS mounts.']),
  ]
}

/** File systems that live outside of the VE, or in one of its processes, or that CRIU writes down and cannot mount again. Those of lxcfs are the host’s. */
function ofMounts(sys: Sys, initPid: number): string[] {
  const lines = (sys.read(`/proc/${initPid}/mountinfo`) ?? '').split('\n')
  const found = lines.flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ')
    const [type = ''] = after.split(' ')
    const foreign =
      /^(fuse(\..*|blk)?|nfs\d?|cifs|9p|autofs|ceph|overlay)$/.test(type) && type !== 'fuse.lxcfs'
    return foreign ? [`${before.split(' ')[4]} (${type})`] : []
  })
  return found.length === 0
    ? []
    : [`File systems are mounted that cannot be saved: ${found.slice(0, NAMED_MOST).join(', ')}.`]
}

function readProcess(sys: Sys, pid: number): Process | null {
  try {
    const text = sys.readShort(`/proc/${pid}/stat`) ?? ''
    const close = text.lastIndexOf(')')
    if (close < 0) return null
    const parent = Number(text.slice(close + 2).split(' ')[1])
    return { pid, parent, name: text.slice(text.indexOf('(') + 1, close).replace(/[^\x20-\x7e]/g, '?') }
  } catch (error) {
    if (isSysError(error)) return null // it has ended
    throw error
  }
}

const named = (processes: readonly Process[]) =>
  processes
    .slice(0, NAMED_MOST)
    .map(({ pid, name }) => `${name} (${pid})`)
    .join(', ')

/** Terminals and commands that the host opened: their other end is a process of the host. */
function ofProcesses(sys: Sys, veid: number, initPid: number): string[] {
  const all = cgroupProcesses(sys, veCgroup(veid)).flatMap((pid) => readProcess(sys, pid) ?? [])
  const parents = new Map(all.map(({ pid, parent }) => [pid, parent]))
  const within = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined; at = parents.get(at))
      if (at === initPid) return true
    return false
  }
  const foreign = all.filter(({ pid }) => !within(pid))
  const nested = all.filter(({ pid }) =>
    SINGLE.some((name) => {
      const its = sys.readlink(`/proc/${pid}/ns/${name}`)
      return its !== null && its !== sys.readlink(`/proc/${initPid}/ns/${name}`)
    }),
  )
  return [
    ...(foreign.length === 0
      ? []
      : [`The host runs commands or terminals in it, which have to end first: ${named(foreign)}.`]),
    ...(nested.length === 0
      ? []
      : [`Processes have namespaces of their own, as containers within it do: ${named(nested)}.`]),
  ]
}

function ofInterfaces(sys: Sys, spec: VeSpec, initPid: number): string[] {
  const odd = Object.values(readNamesInside(sys, spec, initPid)).filter((name) => !PLAIN_NAME.test(name))
  return odd.length === 0 ? [] : ['It gave an interface a name that CRIU cannot be told.']
}

/**
 * In words for people; none when nothing is known against it. `spec` as the VE was made. For a running VE, before anything is done: it
 * is not stopped for this, and may change meanwhile.
 */
export function checkpointObstacles(sys: Sys, spec: VeSpec, initPid: number): string[] {
  const reason = checkpointReason(sys)
  return [
    ...(reason === null ? [] : [reason]),
    ...(rescueOf(sys, spec.veid) === null ? [] : ['It runs its rescue system.']),
    ...ofSpec(spec),
    ...ofMounts(sys, initPid),
    ...ofProcesses(sys, spec.veid, initPid),
    ...(spec.namespaces.includes('network') ? ofInterfaces(sys, spec, initPid) : []),
  ]
}

/** Throws `checkpoint-failed` with all of them. */
export function refuseObstacles(sys: Sys, spec: VeSpec, initPid: number): void {
  const found = checkpointObstacles(sys, spec, initPid)
  if (found.length > 0)
    throw new Problem('checkpoint-failed', found.join(' '), { context: { obstacles: found } })
}
