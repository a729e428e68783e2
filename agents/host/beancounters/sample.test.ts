import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { BEANCOUNTER_NAMES, beancounterReading } from '../../../lib/contract/beancounters.ts'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { memorySys } from '../testing/memory-sys.ts'
import {
  type CounterMemory,
  keepRecords,
  lookAtAll,
  newMemory,
  type RunningVe,
  readingsOf,
} from './sample.ts'

const VE: RunningVe = { spec: EXAMPLE_SPEC, init: { pid: 300, startTicks: 7 } }
const GROUP = '/sys/fs/cgroup/corral/ve101'
const RECORD = '/run/corral/monitor/ve101/beancounters'

/** A VE with so many processes that has used so much CPU. */
const host = (processes: number, cpuMicroseconds: number) => ({
  '/sys/fs/cgroup/cgroup.controllers': 'memory pids\n',
  '/run/corral/monitor/ve101/boot': 'b',
  [`${GROUP}/pids.current`]: `${processes}\n`,
  [`${GROUP}/cpu.stat`]: `usage_usec ${cpuMicroseconds}\n`,
})

function look(memory: CounterMemory, files: Record<string, string>, ve = VE) {
  const sys = memorySys(files)
  lookAtAll(sys, memory, [ve])
  keepRecords(sys, memory)
  const known = memory.ves.get(101)
  if (known === undefined) throw new Error('not looked at')
  return { held: readingsOf(known).numproc.held, record: sys.files.get(RECORD) ?? '' }
}

test('a VE that does nothing is not looked into every time; one that does something, at once', () => {
  const memory = newMemory(false)
  expect(look(memory, host(5, 10_000)).held).toBe(5)
  expect(look(memory, host(6, 10_500)).held).toBe(5)
  expect(look(memory, host(6, 13_000)).held).toBe(6)
  const quiet = Array.from({ length: 6 }, () => look(memory, host(7, 13_100)).held)
  expect(quiet).toContain(6)
  expect(quiet.at(-1)).toBe(7)
})

test('with other limits, or started anew, it is another', () => {
  const memory = newMemory(false)
  look(memory, host(5, 10_000))
  expect(look(memory, host(6, 10_000), { ...VE, spec: { ...VE.spec } }).held).toBe(6)
  expect(look(memory, host(7, 10_000), { ...VE, init: { pid: 301, startTicks: 9 } }).held).toBe(7)
})

test('the most that was held outlasts who looked, not the run', () => {
  const { record } = look(newMemory(false), host(9, 10_000))
  const files = { ...host(2, 20_000), [RECORD]: record }
  const most = (memory: CounterMemory) => memory.ves.get(101)?.record.most[4]
  const [same, other] = [newMemory(false), newMemory(false)]
  expect(look(same, files).held).toBe(2)
  expect(most(same)).toBe(9)
  look(other, files, { ...VE, init: { pid: 300, startTicks: 8 } })
  expect(most(other)).toBe(2)
})

test('what a VE shares with its host is not counted as its own', () => {
  const files = {
    ...host(1, 10),
    '/proc/300/net/sockstat': 'sockets: used 90\nTCP: inuse 40 orphan 0 tw 0 alloc 0 mem 0\n',
    [`${GROUP}/cgroup.procs`]: '300\n',
    '/proc/300/fd/0': '',
    '/proc/300/status': 'Uid:\t0\t0\t0\t0\nSigQ:\t5/100\n',
  }
  const read = (namespaces: typeof EXAMPLE_SPEC.namespaces) => {
    const memory = newMemory(false)
    look(memory, files, { ...VE, spec: { ...VE.spec, namespaces } })
    const { held = [] } = memory.ves.get(101)?.counts ?? {}
    return { tcp: held[8], signals: held[11], other: held[16] }
  }
  expect(read(['network', 'user'])).toEqual({ tcp: 40, signals: 5, other: 50 })
  expect(read(['pid'])).toEqual({ tcp: 0, signals: 0, other: 0 })
})

test('address space that costs nothing never makes a sample that nobody takes', () => {
  const pids = Array.from({ length: 80 }, (_, index) => 300 + index)
  const processes = pids.flatMap((pid) => [
    [`/proc/${pid}/statm`, `34359738368 1 0 0 0 34359738368 0\n`],
    [`/proc/${pid}/fd/0`, ''],
  ])
  const memory = newMemory(false)
  const files = { ...host(80, 10_000), [`${GROUP}/cgroup.procs`]: `${pids.join('\n')}\n` }
  lookAtAll(memorySys({ ...files, ...Object.fromEntries(processes) }), memory, [VE])
  const known = memory.ves.get(101)
  const readings = known && readingsOf(known)
  expect(readings?.privvmpages.held).toBe(Number.MAX_SAFE_INTEGER)
  const schema = z.record(z.enum(BEANCOUNTER_NAMES), beancounterReading)
  expect(schema.safeParse(readings).success).toBe(true)
})
