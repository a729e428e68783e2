/**
 * oomguarpages beside cgroups: when the host itself runs out of memory, its kernel kills the process with the highest score, in
 * thousandths of all memory. So much less of it as is guaranteed makes a VE that stays below that the last to be looked at.
 */
import type { VeLimits } from '../../../lib/contract/ve-limits.ts'
import { peek } from '../beancounters/numbers.ts'
import { meminfoBytes } from '../facts/parse.ts'
import { mayRaise } from '../runtime/rlimits.ts'
import { isSysError, type Sys } from '../sys/sys.ts'
import { cgroupProcesses } from './cgroup.ts'

/** With -1000 nothing of it would ever be killed, however much more it uses. */
const LEAST = -999
const ROUNDS = 20

/** Pure. */
export function oomScore(guaranteeBytes: number | null, memoryBytes: number): number {
  if (guaranteeBytes === null) return LEAST
  if (guaranteeBytes === 0 || memoryBytes === 0) return 0
  return Math.max(LEAST, -Math.ceil((guaranteeBytes * 1000) / memoryBytes))
}

/** 0 where the agent may not lower scores: a host can be a container. */
export function oomScoreOf(sys: Sys, { beancounters }: Pick<VeLimits, 'beancounters'>): number {
  if (!mayRaise(sys.read('/proc/self/status') ?? '')) return 0
  const memory = meminfoBytes(sys.read('/proc/meminfo') ?? '', 'MemTotal')
  return oomScore(beancounters.oomguarpages.barrier, memory)
}

/** Its process may end at any moment: then there is nothing to change. */
function setScore(sys: Sys, path: string, score: number): void {
  try {
    if (sys.stat(path) !== null) sys.write(path, String(score))
  } catch (error) {
    if (!isSysError(error) || sys.stat(path) !== null) throw error
  }
}

/** Of a running VE. A process that has set another of its own keeps that; those that are made meanwhile are seen in the next round. */
export function changeOomScore(sys: Sys, cgroup: string, from: number, to: number): void {
  if (from === to) return
  for (let round = 0; round < ROUNDS; round += 1) {
    const files = cgroupProcesses(sys, cgroup).map((pid) => `/proc/${pid}/oom_score_adj`)
    const old = files.filter((path) => peek(sys, path).trim() === String(from))
    if (old.length === 0) return
    for (const path of old) setScore(sys, path, to)
  }
}
