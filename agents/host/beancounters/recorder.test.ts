import { describe, expect, test } from 'vitest'
import { limitEvent } from '../../../lib/contract/limit-event.ts'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { type MemorySys, memorySys } from '../testing/memory-sys.ts'
import { type Recorder, tellEvents } from './recorder.ts'
import { type CounterMemory, keepRecords, lookAtAll, newMemory, type RunningVe } from './sample.ts'

const VE: RunningVe = { spec: EXAMPLE_SPEC, init: { pid: 300, startTicks: 7 } }
const GROUP = '/sys/fs/cgroup/corral/ve101'
const RECORD = '/run/corral/monitor/ve101/beancounters'
const START = 1_700_000_000_000

/** A VE on cgroup v2 whose processes 300 (init) and 301 (perl, larger) were refused and killed so often. */
function host(refused: number, killed = 0): MemorySys {
  return memorySys({
    '/sys/fs/cgroup/cgroup.controllers': 'memory pids\n',
    '/run/corral/monitor/ve101/boot': 'b',
    [`${GROUP}/cgroup.procs`]: '300\n301\n',
    [`${GROUP}/pids.current`]: '2\n',
    [`${GROUP}/pids.peak`]: '1024\n',
    [`${GROUP}/pids.events`]: `max ${refused}\n`,
    [`${GROUP}/memory.current`]: '4096\n',
    [`${GROUP}/memory.peak`]: '536870912\n',
    [`${GROUP}/memory.events`]: `oom ${killed}\noom_kill ${killed}\n`,
    '/proc/300/statm': '10 5 0 0 0 5 0\n',
    '/proc/300/comm': 'init\n',
    '/proc/300/fd/0': '',
    '/proc/301/statm': '10 50 0 0 0 5 0\n',
    '/proc/301/comm': 'perl\n',
    '/proc/301/fd/0': '',
  })
}

/** One who watches: looks at a moment, tells, writes down. */
class Watcher {
  readonly memory: CounterMemory = newMemory(false)
  readonly recorder: Recorder = new Map()
  look(sys: MemorySys, seconds: number, keeps = true) {
    lookAtAll(sys, this.memory, [VE])
    const place = { sys, at: START + seconds * 1000, bootId: 'boot' }
    const events = tellEvents(place, this.recorder, this.memory, [VE])
    if (keeps) keepRecords(sys, this.memory)
    return events
  }
}

/** The same host with other counts: what was written down on it stays. */
function later(sys: MemorySys, refused: number, killed = 0): MemorySys {
  const next = host(refused, killed)
  const record = sys.files.get(RECORD)
  if (record !== undefined) next.files.set(RECORD, record)
  return next
}

describe('a refusal', () => {
  test('is told in time after the host’s clock was set back', () => {
    const watcher = new Watcher()
    const first = host(3)
    expect(watcher.look(first, 0)).toHaveLength(1)
    expect(watcher.look(later(first, 5), -86_400)).toMatchObject([{ refusals: 2, before: [] }])
  })

  test('is told with the minute before and who held most', () => {
    const watcher = new Watcher()
    const first = host(0)
    expect(watcher.look(first, 0)).toEqual([])
    for (const seconds of [10, 40, 40.5]) expect(watcher.look(later(first, 0), seconds)).toEqual([])
    const [event, ...more] = watcher.look(later(first, 7), 75)
    expect(more).toEqual([])
    expect(limitEvent.parse(event)).toEqual({
      ...{ veid: 101, uuid: EXAMPLE_SPEC.uuid, at: START + 75_000, kind: 'refused', parameter: 'numproc' },
      ...{ held: 1024, barrier: 1024, limit: 1024, refusals: 7, id: 'boot:300:7:numproc:1' },
      before: [{ at: START + 40_000, held: 2 }],
      holders: [
        { pid: 300, command: 'init', held: 1 },
        { pid: 301, command: 'perl', held: 1 },
      ],
    })
    const [second] = watcher.look(later(first, 9), 140)
    expect(second).toMatchObject({ refusals: 2, id: 'boot:300:7:numproc:8' })
  })

  test('is told once a minute at most, then with all since', () => {
    const watcher = new Watcher()
    const sys = host(1)
    expect(watcher.look(sys, 0)).toHaveLength(1)
    expect(watcher.look(later(sys, 5), 10)).toEqual([])
    expect(watcher.look(later(sys, 9), 30)).toEqual([])
    expect(watcher.look(later(sys, 9), 61)).toMatchObject([{ refusals: 8 }])
  })

  test('is told again rather than not at all, under the same id', () => {
    const sys = host(3)
    const [told] = new Watcher().look(sys, 0, false)
    const next = new Watcher()
    expect(next.look(sys, 1)).toMatchObject([{ id: told?.id }])
    expect(new Watcher().look(sys, 2)).toEqual([])
  })

  test('that somebody else has counted is told all the same', () => {
    const sys = host(3)
    const once = newMemory(false)
    lookAtAll(sys, once, [VE])
    keepRecords(sys, once)
    expect(new Watcher().look(sys, 1)).toMatchObject([{ refusals: 3 }])
  })
})

test('a kill tells of the memory that was full, and names whom the kernel names', () => {
  const sys = host(0, 1)
  sys.run = () => ({
    code: 0,
    stderr: '',
    stdout: `[1.0] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/corral/ve101,task_memcg=/corral/ve101,task=java,pid=305,uid=1
[1.0] Memory cgroup out of memory: Killed process 305 (java) total-vm:9kB, anon-rss:500000kB, file-rss:0kB, shmem-rss:0kB, UID:1 pgtables:1kB oom_score_adj:0
`,
  })
  const events = new Watcher().look(sys, 0)
  expect(events).toMatchObject([
    {
      ...{ kind: 'killed', parameter: 'physpages', refusals: 1, held: 512 * 2 ** 20 },
      holders: [{ pid: 305, command: 'java' }, { command: 'perl' }, { command: 'init' }],
    },
  ])
})
