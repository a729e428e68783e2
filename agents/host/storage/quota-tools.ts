/** setquota(8) and repquota(8) of the package quota: what they are asked, and what they say. Blocks are of 1 KiB. */
import type { VeLimits } from '../../../lib/contract/ve-limits.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

export type DiskLimits = Pick<
  VeLimits,
  'diskBytes' | 'diskSoftBytes' | 'diskInodes' | 'diskSoftInodes' | 'diskGraceSeconds'
>

/** Of a project: 0 is no limit. */
export type ProjectLimits = {
  softBytes: number
  hardBytes: number
  softInodes: number
  hardInodes: number
}

/** What a limit of 0 stands for: the least that can be said, since 0 means none. */
const least = (limit: number | null) => (limit === null ? 0 : Math.max(1, limit))

export function projectLimits(limits: DiskLimits, hardBytes: number): ProjectLimits {
  return {
    hardBytes,
    softBytes: least(limits.diskSoftBytes),
    softInodes: least(limits.diskSoftInodes),
    hardInodes: least(limits.diskInodes),
  }
}

export const hasSoftLimit = ({ diskSoftBytes, diskSoftInodes }: DiskLimits) =>
  diskSoftBytes !== null || diskSoftInodes !== null

const kibibytes = (bytes: number) => String(Math.ceil(bytes / 1024))

/** `at`: where the file system is mounted. */
export function setProjectLimits(sys: Sys, at: string, project: number, limits: ProjectLimits): void {
  const blocks = [kibibytes(limits.softBytes), kibibytes(limits.hardBytes)]
  const inodes = [String(limits.softInodes), String(limits.hardInodes)]
  mustRun(sys, ['setquota', '-P', String(project), ...blocks, ...inodes, at])
}

/** Of every project of that file system. To the tools 0 means their own default. */
export function setGrace(sys: Sys, at: string, seconds: number): void {
  const grace = String(Math.max(1, seconds))
  mustRun(sys, ['setquota', '-P', '-t', grace, grace, at])
}

export type ProjectUse = {
  usedBytes: number
  usedInodes: number
  bytesGraceEndsAt: number | null
  inodesGraceEndsAt: number | null
}

/** All projects of the file systems mounted there; by device, then by project. Those that take nothing are left out. */
export function projectUse(sys: Sys, at: readonly string[]): Map<string, Map<number, ProjectUse>> {
  return parseReport(sys.run(['repquota', '-P', '-n', '-p', ...at]).stdout)
}

/** With -n ids are numbers, with -p graces are seconds since 1970, 0 for none. */
export function parseReport(text: string): Map<string, Map<number, ProjectUse>> {
  const devices = new Map<string, Map<number, ProjectUse>>()
  let projects = new Map<number, ProjectUse>()
  for (const line of text.split('\n')) {
    const device = /^\*\*\* Report for .* on device (\S+)$/.exec(line)?.[1]
    if (device !== undefined) {
      projects = new Map()
      devices.set(device, projects)
    }
    const [, project, ...numbers] =
      /^#(\d+)\s+[+-][+-]\s+(-?\d+)\s+\d+\s+\d+\s+(\d+)\s+(\d+)\s+\d+\s+\d+\s+(\d+)\s*$/.exec(line) ?? []
    if (project === undefined) continue
    const [kib = 0, bytesGrace = 0, usedInodes = 0, inodesGrace = 0] = numbers.map(Number)
    projects.set(Number(project), {
      usedBytes: Math.max(0, kib) * 1024,
      usedInodes,
      bytesGraceEndsAt: bytesGrace === 0 ? null : bytesGrace * 1000,
      inodesGraceEndsAt: inodesGrace === 0 ? null : inodesGrace * 1000,
    })
  }
  return devices
}
