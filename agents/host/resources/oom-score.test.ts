import { expect, test } from 'vitest'
import { DEFAULT_LIMITS } from '../../../lib/contract/ve-limits.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { changeOomScore, oomScore, oomScoreOf } from './oom-score.ts'

test('is less by what is guaranteed, in thousandths of the host’s memory, and never "not at all"', () => {
  expect(oomScore(0, 1000)).toBe(0)
  expect(oomScore(250, 1000)).toBe(-250)
  expect(oomScore(1, 1_000_000)).toBe(-1)
  expect([oomScore(5000, 1000), oomScore(null, 1000)]).toEqual([-999, -999])
})

test('stays as it is where the agent may not lower it', () => {
  const oomguarpages = { barrier: 1024 * 1024, limit: null }
  const limits = { beancounters: { ...DEFAULT_LIMITS.beancounters, oomguarpages } }
  const host = (capabilities: string) =>
    memorySys({ '/proc/self/status': `CapEff:\t${capabilities}\n`, '/proc/meminfo': 'MemTotal:  4096 kB\n' })
  expect(oomScoreOf(host('000001ffffffffff'), limits)).toBe(-250)
  expect(oomScoreOf(host('000001fffeffffff'), limits)).toBe(0)
})

test('changes for all processes but those that chose another', () => {
  const sys = memorySys({
    '/sys/fs/cgroup/cgroup.controllers': '',
    '/sys/fs/cgroup/corral/ve101/cgroup.procs': '7\n8\n9\n',
    '/proc/7/oom_score_adj': '0\n',
    '/proc/8/oom_score_adj': '500\n',
  })
  changeOomScore(sys, '/corral/ve101', 0, -30)
  expect([sys.read('/proc/7/oom_score_adj'), sys.read('/proc/8/oom_score_adj')]).toEqual(['-30', '500\n'])
  expect(sys.read('/proc/9/oom_score_adj')).toBeNull()
})
