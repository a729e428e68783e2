/**
 * The control group of a VE's monitor: not the VE's, whose limits it would eat into, nor that of the SSH session that
 * started it, with which systemd-logind would end it.
 */
import { CGROUP_PARENT } from '../paths.ts'
import { cgroupVersion, handDown, makeIn, ROOT, removeCgroup } from '../resources/cgroup.ts'
import type { Sys } from '../sys/sys.ts'

const SIGKILL = 9
const PERIOD_MICROSECONDS = 100_000
/** Of one CPU: enough for what people write to a console, and all that a VE can take of the host by filling it. */
const QUOTA_MICROSECONDS = 20_000
const KILL_TRIES = 500

const group = (veid: number) => `${CGROUP_PARENT}/ve${veid}.monitor`

/** v1: the hierarchies that matter, one to bound it and the one that logind goes by. */
function monitorHierarchies(sys: Sys): string[] {
  if (cgroupVersion(sys) === 2) return [ROOT]
  return [`${ROOT}/cpu`, `${ROOT}/systemd`].filter((folder) => sys.stat(folder) !== null)
}

/** Makes the group; gives the files that a process puts itself in by. */
export function makeMonitorGroup(sys: Sys, veid: number): string[] {
  const found = monitorHierarchies(sys)
  for (const hierarchy of found) makeIn(sys, hierarchy, group(veid))
  if (cgroupVersion(sys) === 2) handDown(sys, ['cpu'])
  return found.map((hierarchy) => `${hierarchy}${group(veid)}/cgroup.procs`)
}

/** Bounds what it may use from now on: making the VE, which it began with, is not to be slowed down. */
export function boundMonitor(sys: Sys, veid: number): void {
  const period = String(PERIOD_MICROSECONDS)
  const quota = String(QUOTA_MICROSECONDS)
  if (cgroupVersion(sys) === 2) {
    const file = `${ROOT}${group(veid)}/cpu.max`
    if (sys.stat(file) !== null) sys.write(file, `${quota} ${period}`)
    return
  }
  const folder = `${ROOT}/cpu${group(veid)}`
  if (sys.stat(`${folder}/cpu.cfs_quota_us`) === null) return
  sys.write(`${folder}/cpu.cfs_period_us`, period)
  sys.write(`${folder}/cpu.cfs_quota_us`, quota)
}

/** For the exit command, which begins in the group of the monitor that ran it and is to outlive it. */
export function leaveMonitorGroup(sys: Sys): void {
  for (const hierarchy of monitorHierarchies(sys)) {
    sys.write(`${hierarchy}/cgroup.procs`, String(sys.pid))
  }
}

function members(sys: Sys, veid: number): number[] {
  return monitorHierarchies(sys).flatMap((hierarchy) => {
    const text = sys.read(`${hierarchy}${group(veid)}/cgroup.procs`) ?? ''
    return text
      .split('\n')
      .map(Number)
      .filter((pid) => pid > 0 && pid !== sys.pid)
  })
}

export function monitorRuns(sys: Sys, veid: number): boolean {
  return members(sys, veid).length > 0
}

/** Whether there is such a group, of a monitor that runs or of one that ended. */
export function hasMonitorGroup(sys: Sys, veid: number): boolean {
  return monitorHierarchies(sys).some((hierarchy) => sys.stat(`${hierarchy}${group(veid)}`) !== null)
}

/** Ends the monitor, before it can notice that init is killed and run its exit command. */
export function endMonitor(sys: Sys, veid: number): void {
  for (let tries = 0; tries < KILL_TRIES; tries += 1) {
    const left = members(sys, veid)
    if (left.length === 0) break
    for (const pid of left) sys.kill(pid, SIGKILL)
    sys.sleep(2)
  }
  removeCgroup(sys, group(veid))
}
