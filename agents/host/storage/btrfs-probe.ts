import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { machineOf } from '../facts/machine.ts'
import { fileSystemOf } from '../facts/parse.ts'
import { type Probe, type Reason, toolsReason, type Untried } from '../facts/probe.ts'
import { remembered } from '../facts/remembered-probe.ts'
import { seccompProfile } from '../runtime/seccomp.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { onTrialFileSystem, type TrialFileSystem } from './trial-file-system.ts'

/** The least that mkfs.btrfs(8) takes, and some more; nearly all of it a hole. */
const TRIAL_BYTES = 160 * 1024 * 1024
const LIMIT_BYTES = 8 * 1024 * 1024

function holdsLimit(sys: Sys, at: string): Reason {
  const box = `${at}/box`
  mustRun(sys, ['btrfs', '-q', 'quota', 'enable', at])
  mustRun(sys, ['btrfs', '-q', 'subvolume', 'create', box])
  mustRun(sys, ['btrfs', '-q', 'qgroup', 'limit', String(LIMIT_BYTES), box])
  const write = ['dd', 'if=/dev/zero', `of=${box}/file`, 'bs=1M', 'count=16', 'conv=fsync', 'status=none']
  return sys.run(write).code === 0 ? 'The kernel takes a limit on a subvolume and does not hold it.' : null
}

/** A file system of its own: turning quota on is felt by all that is on one. */
const TRIAL: TrialFileSystem = {
  ...{ bytes: TRIAL_BYTES, mkfs: ['mkfs.btrfs', '-q'], type: 'btrfs', options: [], refused: 'mount refuses' },
}

function usable(sys: Sys): Reason | Untried {
  const type = fileSystemOf(sys.read('/proc/self/mountinfo') ?? '', HOST_PATHS.ve)
  if (type !== 'btrfs') return `${HOST_PATHS.vz} is ${type}, not btrfs.`
  // A subvolume within a VE's would be beside its limit: making one has to be refused to it.
  if (seccompProfile(machineOf(sys), []) === null) {
    return `Without seccomp a VE makes subvolumes beside its limit, and there is none for ${machineOf(sys)}.`
  }
  return onTrialFileSystem(sys, TRIAL, (at) => holdsLimit(sys, at))
}

export const probeBtrfs: Probe = (sys) => toolsReason(sys, ['btrfs']) ?? remembered(sys, 'btrfs', usable)
