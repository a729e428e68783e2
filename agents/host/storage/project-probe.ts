import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { fileSystemOf, mountPointOf } from '../facts/parse.ts'
import { type Probe, type Reason, toolsReason, works } from '../facts/probe.ts'
import { remembered } from '../facts/remembered-probe.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { trialProject } from './project-id.ts'
import { triesHardLimit } from './quota-trial.ts'

const FILE_SYSTEMS = ['xfs', 'ext4']

/** In a directory of the host's own file system, which goes. */
function tryIt(sys: Sys): Reason {
  const mounts = sys.read('/proc/self/mountinfo') ?? ''
  const type = fileSystemOf(mounts, HOST_PATHS.ve)
  if (!FILE_SYSTEMS.includes(type)) {
    return `${HOST_PATHS.vz} is ${type}: project quota takes XFS or ext4.`
  }
  const at = mountPointOf(mounts, HOST_PATHS.ve)
  const project = trialProject(sys)
  const box = `${HOST_PATHS.vz}/.quota-${sys.pid}`
  mustRun(sys, ['install', '-d', '-m', '777', box])
  try {
    const why = `${at} is not mounted with project quota (option prjquota), or the kernel has none`
    const none = works(sys, ['setquota', '-P', String(project), '0', '0', '0', '0', at], why)
    if (none !== null) return none
    mustRun(sys, ['chattr', '+P', '-p', String(project), box])
    return triesHardLimit(sys, { at, project, box })
  } finally {
    mustRun(sys, ['find', box, '-delete'])
  }
}

export const probeProject: Probe = (sys) =>
  toolsReason(sys, ['setquota']) ?? remembered(sys, 'project', tryIt)
