import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { fileSystemOf, mountPointOf } from '../facts/parse.ts'
import { type Probe, type Reason, toolsReason, type Untried, works } from '../facts/probe.ts'
import { probeAlone } from '../facts/probe-alone.ts'
import { remembered } from '../facts/remembered-probe.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { TRIAL_PROJECT } from './project-id.ts'
import { triesHardLimit } from './quota-trial.ts'

const FILE_SYSTEMS = ['xfs', 'ext4']
const BOX = `${HOST_PATHS.vz}/.quota-trial`

/** In a directory of the host's own file system, which goes. */
function tryIt(sys: Sys): Reason | Untried {
  const mounts = sys.read('/proc/self/mountinfo') ?? ''
  const type = fileSystemOf(mounts, HOST_PATHS.ve)
  if (!FILE_SYSTEMS.includes(type)) {
    return `${HOST_PATHS.vz} is ${type}: project quota takes XFS or ext4.`
  }
  const at = mountPointOf(mounts, HOST_PATHS.ve)
  const why = `${at} is not mounted with project quota (option prjquota), or the kernel has none`
  const none = works(sys, ['setquota', '-P', String(TRIAL_PROJECT), '0', '0', '0', '0', at], why)
  if (none !== null) return none
  return probeAlone(sys, () => inBox(sys, at))
}

/** Which an agent that was killed may have left, with a limit. */
function inBox(sys: Sys, at: string): Reason {
  const clear = ['find', BOX, '-delete']
  if (sys.stat(BOX) !== null) mustRun(sys, clear)
  mustRun(sys, ['install', '-d', '-m', '777', BOX])
  try {
    mustRun(sys, ['chattr', '+P', '-p', String(TRIAL_PROJECT), BOX])
    return triesHardLimit(sys, { at, project: TRIAL_PROJECT, box: BOX })
  } finally {
    mustRun(sys, clear)
  }
}

export const probeProject: Probe = (sys) =>
  toolsReason(sys, ['setquota']) ?? remembered(sys, 'project', tryIt)
