/** Quota within images: projects count for the VE as a whole, users and groups for its owner. */
import { type Probe, type Reason, toolsReason, type Untried } from '../facts/probe.ts'
import { remembered } from '../facts/remembered-probe.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { type DiskLimits, hasSoftLimit, projectLimits, setGrace, setProjectLimits } from './quota-tools.ts'
import { type Trial, triesHardLimit, triesSoftLimit } from './quota-trial.ts'
import { readSuperblock } from './superblock.ts'
import { onTrialFileSystem, type TrialFileSystem } from './trial-file-system.ts'

export const QUOTA_MOUNT_OPTIONS = ['usrquota', 'grpquota', 'prjquota'] as const
const TYPES = QUOTA_MOUNT_OPTIONS.join(':')
/** Every file is of it that was put into no other, which nobody within a user namespace can do. */
const EVERYTHING = 0
const TRIAL_BYTES = 8 * 1024 * 1024

/** On an image with quota in memory. */
function onTrialImage(sys: Sys, work: (trial: Trial) => Reason): Reason | Untried {
  const wanted: TrialFileSystem = {
    bytes: TRIAL_BYTES,
    mkfs: [
      'mkfs.ext4',
      '-q',
      '-F',
      '-O',
      'quota,project,^has_journal',
      '-I',
      '256',
      '-E',
      `quotatype=${TYPES}`,
    ],
    type: 'ext4',
    options: ['nodev', ...QUOTA_MOUNT_OPTIONS],
    refused: 'The kernel has no quota for ext4 (CONFIG_QUOTA, CONFIG_QFMT_V2)',
  }
  return onTrialFileSystem(sys, wanted, (at) => {
    const box = `${at}/box`
    mustRun(sys, ['install', '-d', '-m', '777', box])
    return work({ at, project: EVERYTHING, box })
  })
}

const tools: Probe = (sys) => toolsReason(sys, ['setquota', 'mkfs.ext4', 'losetup'])

export const probeImageQuota: Probe = (sys) =>
  tools(sys) ?? remembered(sys, 'image-quota', () => onTrialImage(sys, (trial) => triesHardLimit(sys, trial)))

export const probeImageSoftLimits: Probe = (sys) =>
  probeImageQuota(sys) ??
  remembered(sys, 'image-soft-limits', () => onTrialImage(sys, (trial) => triesSoftLimit(sys, trial)))

/** Of an image that is not mounted, on a host that has such quota. */
export function enableQuota(sys: Sys, image: string): void {
  if (readSuperblock(sys, image)?.quota) return
  mustRun(sys, ['tune2fs', '-O', 'project', '-Q', QUOTA_MOUNT_OPTIONS.join(','), image])
}

/** Of an image mounted at `at`, which counts. Its size is what limits space. */
export function setImageQuota(sys: Sys, at: string, limits: DiskLimits): void {
  if (hasSoftLimit(limits)) setGrace(sys, at, limits.diskGraceSeconds)
  setProjectLimits(sys, at, EVERYTHING, projectLimits(limits, 0))
}

/** What is limited beyond the size. */
export function needsQuota(limits: DiskLimits): boolean {
  return limits.diskInodes !== null || hasSoftLimit(limits)
}
