import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { machineOf } from '../facts/machine.ts'
import { veCgroup, vePaths } from '../paths.ts'
import { cgroupShape, makeCgroup, removeCgroup } from '../resources/cgroup.ts'
import { restrictDevicesV1 } from '../resources/devices.ts'
import { ensureDirectory, readJson } from '../sys/files.ts'
import { startTicks } from '../sys/process-identity.ts'
import { commandFailed, mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { isSystemd } from './init-kind.ts'
import { ociSpec } from './oci-spec.ts'
import type { RunningInit, RuntimeDriver } from './runtime.ts'

/** crun's default state directory: what an admin's own `crun list` shows too. */
const STATE = '/run/crun'
const CRUN = ['crun', '--cgroup-manager=cgroupfs'] as const
const SIGKILL = 9
const RELEASE_TRIES = 400

type CrunStatus = { pid: number; 'process-start-time': number }

function container(veid: number): string {
  return `ve${veid}`
}

function status(sys: Sys, veid: number): CrunStatus | null {
  return readJson<CrunStatus>(sys, `${STATE}/${container(veid)}/status`)
}

/**
 * The VE's standard output is /dev/null: anything else would let it fill a file of the host. So crun's own words, which
 * would go the same way, go to a log.
 */
function make(sys: Sys, spec: Parameters<RuntimeDriver['make']>[1]): number {
  const paths = vePaths(spec.veid)
  const host = { machine: machineOf(sys), cgroup: cgroupShape(sys) }
  ensureDirectory(sys, paths.bundle)
  sys.write(`${paths.bundle}/config.json`, JSON.stringify(ociSpec(spec, host)))
  makeCgroup(sys, veCgroup(spec.veid))
  const log = `${HOST_PATHS.run}/ve${spec.veid}.crun.log`
  sys.remove(log)
  const argv = [...CRUN, `--log=${log}`, 'create', '-b', paths.bundle, container(spec.veid)]
  const result = sys.run(argv, { outputFile: '/dev/null' })
  const said = sys.read(log) ?? ''
  sys.remove(log)
  const made = status(sys, spec.veid)
  if (result.code !== 0 || made === null) throw commandFailed(argv, { ...result, stderr: said })
  if (host.cgroup.version === 1) restrictDevicesV1(sys, veCgroup(spec.veid))
  return made.pid
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
    if (!/crun/.test(sys.read(`/proc/${initPid}/comm`) ?? 'crun')) {
      refuseSystemdOnV1(sys, initPid)
      return
    }
    sys.sleep(2)
  }
  throw new Problem('ve-start-failed', `The init of VE ${veid} ended at once or could not be run.`)
}

function init(sys: Sys, veid: number): RunningInit | null {
  const made = status(sys, veid)
  if (made === null || sys.stat(`${STATE}/${container(veid)}/exec.fifo`) !== null) return null
  const start = made['process-start-time']
  return startTicks(sys, made.pid) === start ? { pid: made.pid, startTicks: start } : null
}

function remove(sys: Sys, veid: number): void {
  const made = status(sys, veid)
  if (made !== null && startTicks(sys, made.pid) === made['process-start-time']) {
    sys.kill(made.pid, SIGKILL)
    while (startTicks(sys, made.pid) === made['process-start-time']) sys.sleep(2)
  }
  if (sys.stat(`${STATE}/${container(veid)}`) !== null) {
    sys.run([...CRUN, 'delete', '-f', container(veid)])
  }
  removeCgroup(sys, veCgroup(veid))
}

export const crun: RuntimeDriver = {
  make,
  release,
  init,
  remove,
  hasTraces: (sys, veid) => sys.stat(`${STATE}/${container(veid)}`) !== null,
}
