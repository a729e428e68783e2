import { expect, test } from 'vitest'
import { DEFAULT_LIMITS, type VeLimits } from '../../../lib/contract/ve-limits.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { applyLimits, limitSettings } from './live-limits.ts'

const V1 = '/sys/fs/cgroup'
const GROUP = '/corral/ve101'
const limits: VeLimits = {
  ...DEFAULT_LIMITS,
  memoryBytes: 2 ** 30,
  swapBytes: 2 ** 20,
  cpuLimitPercent: 50,
  cpuUnits: 2000,
}

test('says in each version what a start would set, and unlimited where nothing is set', () => {
  const files = (version: 1 | 2, of = limits) =>
    Object.fromEntries(limitSettings(of, { version, swap: true }).map(({ file, value }) => [file, value]))
  expect(files(1)).toMatchObject({
    'memory.limit_in_bytes': String(2 ** 30),
    'memory.memsw.limit_in_bytes': String(2 ** 30 + 2 ** 20),
    'cpu.cfs_quota_us': '50000',
    'cpu.shares': '2048',
  })
  expect(files(2)).toMatchObject({
    'memory.max': String(2 ** 30),
    'memory.swap.max': String(2 ** 20),
    'cpu.max': '50000 100000',
    'cpu.weight': '200',
  })
  const free = { ...limits, cpuLimitPercent: null }
  expect(files(1, free)['cpu.cfs_quota_us']).toBe('-1')
  expect(files(2, free)['cpu.max']).toBe('max 100000')
})

/** A kernel of version 1: memory alone may not be allowed more than memory and swap together, nor less than is used. */
function kernel(usedBytes = 0) {
  const memory = `${V1}/memory${GROUP}/memory.limit_in_bytes`
  const both = `${V1}/memory${GROUP}/memory.memsw.limit_in_bytes`
  const sys = memorySys({
    [memory]: String(2 ** 28),
    [both]: String(2 ** 28),
    [`${V1}/memory/memory.memsw.limit_in_bytes`]: '',
    [`${V1}/pids${GROUP}/pids.max`]: '1',
  })
  const write = sys.write.bind(sys)
  sys.write = (path, text) => {
    const after = {
      memory: sys.read(memory),
      both: sys.read(both),
      [path === memory ? 'memory' : 'both']: text,
    }
    if ((path === memory || path === both) && Number(after.memory) > Number(after.both)) throw refusal()
    if (path === memory && Number(text) < usedBytes) throw refusal()
    write(path, text)
  }
  return { sys, memory, both }
}
/** As the other part of the bundle throws it. */
const refusal = () => Object.assign(new Error('Invalid argument'), { name: 'SysError' })

test('raises and lowers memory and swap in the order that the kernel takes', () => {
  const { sys, memory, both } = kernel()
  applyLimits(sys, GROUP, limits)
  expect([sys.read(memory), sys.read(both)]).toEqual([String(2 ** 30), String(2 ** 30 + 2 ** 20)])
  applyLimits(sys, GROUP, { ...limits, memoryBytes: 2 ** 27, swapBytes: 0 })
  expect([sys.read(memory), sys.read(both)]).toEqual([String(2 ** 27), String(2 ** 27)])
})

test('less memory than is used is refused at its field', () => {
  const { sys } = kernel(2 ** 27)
  expect(() => applyLimits(sys, GROUP, { ...limits, memoryBytes: 2 ** 26 })).toThrow(
    expect.objectContaining({
      code: 'invalid-input',
      fields: { 'spec.limits.memoryBytes': expect.any(String) },
    }),
  )
})
