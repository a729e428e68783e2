/**
 * lxcfs(1) shows a VE its own memory, CPUs, uptime, load and swap in /proc: a FUSE file system, one for all VEs of a host. Where
 * systemd runs, it is a service of the distribution's; elsewhere the agent starts it.
 */

import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { hasProgram } from '../facts/tools.ts'
import { ensureDirectory } from '../sys/files.ts'
import { tail } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

export const LXCFS_HOME = '/var/lib/lxcfs'
export const LXCFS_FILES = ['cpuinfo', 'diskstats', 'loadavg', 'meminfo', 'stat', 'swaps', 'uptime'] as const
export const LXCFS_CPUS = 'sys/devices/system/cpu'

const LOG = `${HOST_PATHS.run}/lxcfs.log`
const WAIT_TRIES = 100

/**
 * Asked by reading: the mount of one that died is still there, and answers with an error. One that cannot use the control groups
 * answers too, but has no CPUs.
 */
function answers(sys: Sys): boolean {
  try {
    return (
      /^\d/.test(sys.read(`${LXCFS_HOME}/proc/uptime`) ?? '') &&
      sys.list(`${LXCFS_HOME}/${LXCFS_CPUS}`).length > 0
    )
  } catch {
    return false
  }
}

/** Own load averages; as many CPUs as the VE's cap of CPU time amounts to. It goes into the background by itself. */
function startAlone(sys: Sys): void {
  sys.run(['umount', '-l', LXCFS_HOME])
  ensureDirectory(sys, LXCFS_HOME, 0o755)
  ensureDirectory(sys, HOST_PATHS.run, 0o711)
  sys.run(['setsid', '-f', 'lxcfs', '--foreground', '--enable-loadavg', '--enable-cfs', LXCFS_HOME], {
    outputFile: LOG,
  })
}

const FAILED = /Failed to run constructor|[Ff]ailed to initialize/

/**
 * Whether lxcfs runs, started now if it has to be. One that dies later is noticed at the next start of a VE; one that could not
 * run is not tried again at each.
 */
export function ensureLxcfs(sys: Sys): boolean {
  if (answers(sys)) return true
  if (!hasProgram(sys, 'lxcfs') || FAILED.test(sys.read(LOG) ?? '')) return false
  if (sys.stat('/run/systemd/system') !== null) sys.run(['systemctl', 'restart', 'lxcfs.service'])
  else startAlone(sys)
  for (let tries = 0; tries < WAIT_TRIES; tries += 1) {
    if (answers(sys)) return true
    if (FAILED.test(sys.read(LOG) ?? '')) return false
    sys.sleep(20)
  }
  return false
}

/** Why not, for people; null when it runs. */
export function lxcfsReason(sys: Sys): string | null {
  sys.remove(LOG) // it may have been replaced by one that runs
  if (ensureLxcfs(sys)) return null
  const said = tail(sys.read(LOG) ?? '').trim()
  if (/cgroup/.test(said))
    return 'lxcfs cannot use the control groups of this host: lxcfs 7 needs cgroup v2, lxcfs 6 takes v1 too.'
  return `lxcfs does not start: ${said.split('\n').pop() ?? ''}`
}
