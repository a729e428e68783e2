import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { thaw } from '../checkpoint/freezer.ts'
import { dropEquipment, hasEquipment, prepareEquipment } from '../equipment.ts'
import { storeMade } from '../made.ts'
import { veCgroup, vePaths } from '../paths.ts'
import { cgroupProcesses, cgroupShape, makeCgroup, removeCgroup } from '../resources/cgroup.ts'
import { restrictDevicesV1 } from '../resources/devices.ts'
import { applyLimits } from '../resources/live-limits.ts'
import { sumGuarantees } from '../resources/promises.ts'
import { runAll } from '../run-all.ts'
import { ensureDirectory } from '../sys/files.ts'
import { startTicks } from '../sys/process-identity.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { removeProfile } from './apparmor.ts'
import { bootName, createMonitored, forgetBoot, readExitCode } from './conmon.ts'
import { CRUN, CRUN_STATE, container, creationLog } from './crun-names.ts'
import { isSystemd } from './init-kind.ts'
import { containerConfig, containerStatus, watchCreation } from './made-container.ts'
import { boundMonitor, endMonitor, hasMonitorGroup, monitorRuns } from './monitor-group.ts'
import { restore } from './restore.ts'
import type { InitExit, MakeOptions, RunningInit, RuntimeDriver } from './runtime.ts'
import { makeUserNamespace } from './user-namespace.ts'

const SIGKILL = 9
const RELEASE_TRIES = 400
/** The monitor notes the end of init at once; this many times 2 ms it is waited for. */
const EXIT_TRIES = 500
/** A large VE takes seconds to give its memory back. */
const KILL_MS_MOST = 30_000
const NAMED_MOST = 10

function make(sys: Sys, spec: VeSpec, options: MakeOptions): number {
  const { veid } = spec
  const { bundle } = vePaths(veid)
  prepareEquipment(sys, spec)
  makeUserNamespace(sys, spec)
  ensureDirectory(sys, bundle, 0o711)
  sys.write(`${bundle}/config.json`, JSON.stringify(containerConfig(sys, spec, options)), 0o600)
  storeMade(sys, spec)
  makeCgroup(sys, veCgroup(veid))
  const pid = watchCreation(sys, veid, 'create', (log) => createMonitored(sys, spec, log))
  if (cgroupShape(sys).version === 1) restrictDevicesV1(sys, veCgroup(veid), spec.features)
  applyLimits(sys, spec)
  return pid
}

/** It would freeze at once, and look as if it ran. */
function refuseSystemdOnV1(sys: Sys, initPid: number): void {
  if (cgroupShape(sys).version === 2 || !isSystemd(sys, initPid)) return
  throw new Problem(
    'capability-missing',
    'systemd needs cgroup v2 and this host has v1: use a sysvinit template.',
  )
}

function release(sys: Sys, veid: number, initPid: number): void {
  mustRun(sys, [...CRUN, 'start', container(veid)])
  for (let tries = 0; tries < RELEASE_TRIES; tries += 1) {
    if (startTicks(sys, initPid) === null) break
    if (!/^crun(:|$)/m.test(sys.read(`/proc/${initPid}/comm`) ?? 'crun')) {
      refuseSystemdOnV1(sys, initPid)
      boundMonitor(sys, veid)
      return
    }
    sys.sleep(2)
  }
  throw new Problem('ve-start-failed', `The init of VE ${veid} ended at once or could not be run.`)
}

function init(sys: Sys, veid: number): RunningInit | null {
  const made = containerStatus(sys, veid)
  if (made === null || sys.stat(`${CRUN_STATE}/${container(veid)}/exec.fifo`) !== null) return null
  const start = made['process-start-time']
  return startTicks(sys, made.pid) === start ? { pid: made.pid, startTicks: start } : null
}

/** All that the kernel knows of the VE. Without a pid namespace of its own init takes nobody with it. */
function living(sys: Sys, veid: number): number[] {
  const made = containerStatus(sys, veid)
  const init = made !== null && startTicks(sys, made.pid) === made['process-start-time'] ? [made.pid] : []
  return [...new Set([...init, ...cgroupProcesses(sys, veCgroup(veid)).filter((pid) => pid > 0)])]
}

/**
 * The monitor goes first, or it would take the end of init for the VE's own doing. One that waits within the kernel, for a disk
 * or a server, cannot be killed: what it uses is not taken from it.
 */
function kill(sys: Sys, veid: number): void {
  endMonitor(sys, veid)
  const until = sys.now() + KILL_MS_MOST
  for (let left = living(sys, veid); left.length > 0; left = living(sys, veid)) {
    for (const pid of left) sys.kill(pid, SIGKILL)
    thaw(sys, veid) // frozen ones of v1 end only now, and do nothing else before
    if (sys.now() > until) {
      const text = `Processes of VE ${veid} do not end, even killed: ${left.slice(0, NAMED_MOST).join(', ')}.`
      throw new Problem('command-failed', text)
    }
    sys.sleep(2)
  }
}

function removeContainer(sys: Sys, veid: number): void {
  const state = `${CRUN_STATE}/${container(veid)}`
  const root = `${vePaths(veid).bundle}/criu-root` // of a crun that was killed while it restored
  if (sys.stat(root) !== null) sys.run(['umount', '-l', root])
  sys.remove(root)
  if (sys.stat(state) !== null) sys.run([...CRUN, 'delete', '-f', container(veid)])
  if (sys.stat(state) !== null) sys.run(['rm', '-rf', state]) // of a crun that was killed before it had a status
}

function remove(sys: Sys, veid: number): void {
  runAll(
    () => removeContainer(sys, veid),
    () => removeCgroup(sys, veCgroup(veid)),
    () => sumGuarantees(sys),
    () => dropEquipment(sys, veid),
    () => removeProfile(sys, veid),
    () => forgetBoot(sys, veid),
    () => sys.remove(creationLog(veid)),
  )
}

/** null while init runs, and of a VE that was made but never let go. */
function exit(sys: Sys, veid: number): InitExit | null {
  const boot = bootName(sys, veid)
  if (boot === null || init(sys, veid) !== null) return null
  if (sys.stat(`${CRUN_STATE}/${container(veid)}/exec.fifo`) !== null) return null
  for (let tries = 0; tries < EXIT_TRIES; tries += 1) {
    const code = readExitCode(sys, veid)
    if (code !== null) return { boot, code }
    if (!monitorRuns(sys, veid)) break
    sys.sleep(2)
  }
  return { boot, code: readExitCode(sys, veid) }
}

export const crun: RuntimeDriver = {
  make,
  restore,
  release,
  init,
  exit,
  kill,
  remove,
  hasTraces: (sys, veid) =>
    sys.stat(`${CRUN_STATE}/${container(veid)}`) !== null ||
    hasMonitorGroup(sys, veid) ||
    hasEquipment(sys, veid) ||
    bootName(sys, veid) !== null ||
    sys.stat(creationLog(veid)) !== null,
}
