import { expect, test } from 'vitest'
import { DEFAULT_LIMITS, type VeLimits } from '../../../lib/contract/ve-limits.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { applyLimits } from './live-limits.ts'

const ROOT = '/sys/fs/cgroup'
const GROUP = '/corral/ve101'
const V1 = (controller: string, file: string) => `${ROOT}/${controller}${GROUP}/${file}`
const V2 = (file: string) => `${ROOT}${GROUP}/${file}`
const limits: VeLimits = { ...DEFAULT_LIMITS, memoryBytes: 2 ** 30, swapBytes: 2 ** 20 }
const apply = (sys: ReturnType<typeof memorySys>, change: Partial<VeLimits> = {}) =>
  applyLimits(sys, { veid: 101, limits: { ...limits, ...change } })

/** As the other part of the bundle throws it. */
const refusal = () => Object.assign(new Error('Invalid argument'), { name: 'SysError' })

/** A kernel of version 1: memory alone may not be allowed more than memory and swap together, nor less than is used. */
function kernel(usedBytes = 0) {
  const memory = V1('memory', 'memory.limit_in_bytes')
  const both = V1('memory', 'memory.memsw.limit_in_bytes')
  const sys = memorySys({
    [memory]: String(2 ** 28),
    [both]: String(2 ** 28),
    [`${ROOT}/memory/memory.memsw.limit_in_bytes`]: '',
    [V1('pids', 'pids.max')]: '1',
    [V1('cpuset', 'cpuset.cpus')]: '0',
    [`${ROOT}/cpuset/cpuset.effective_cpus`]: '0-3\n',
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

test('raises and lowers memory and swap in the order that the kernel takes', () => {
  const { sys, memory, both } = kernel()
  apply(sys)
  expect([sys.read(memory), sys.read(both)]).toEqual([String(2 ** 30), String(2 ** 30 + 2 ** 20)])
  apply(sys, { memoryBytes: 2 ** 27, swapBytes: 0 })
  expect([sys.read(memory), sys.read(both)]).toEqual([String(2 ** 27), String(2 ** 27)])
})

test('less memory than is used is refused at its field', () => {
  const { sys } = kernel(2 ** 27)
  expect(() => apply(sys, { memoryBytes: 2 ** 26 })).toThrow(
    expect.objectContaining({
      code: 'invalid-input',
      fields: { 'spec.limits.memoryBytes': expect.any(String) },
    }),
  )
})

test('what the host does not have is refused before anything is set', () => {
  const { sys } = kernel()
  const before = [...sys.files]
  const refused = (change: Partial<VeLimits>) => {
    try {
      apply(sys, change)
    } catch (error) {
      const { code, fields } = error as { code: string; fields: object }
      return [code, ...Object.keys(fields)]
    }
    return []
  }
  expect(refused({ cpus: 5 })).toEqual(['invalid-input', 'spec.limits.cpus'])
  expect(refused({ cpuMask: '4' })).toEqual(['invalid-input', 'spec.limits.cpuMask'])
  expect(refused({ nodeMask: '1' })).toEqual(['invalid-input', 'spec.limits.nodeMask'])
  expect(refused({ ioPriority: 0 })).toEqual(['capability-missing', 'spec.limits.ioPriority'])
  expect(refused({ ioPerSecond: 10 })).toEqual(['capability-missing', 'spec.limits.ioPerSecond'])
  const throttle = { memoryThrottleBytes: 2 ** 29 }
  expect(refused(throttle)).toEqual(['capability-missing', 'spec.limits.memoryThrottleBytes'])
  expect([...sys.files]).toEqual(before)
  apply(sys, { cpus: 1 })
  expect(sys.read(V1('cpuset', 'cpuset.cpus'))).toBe('1')
})

/** A kernel of version 2, which takes back what it can when memory.high is set. */
function kernelV2(usedBytes: number, keepsBytes: number) {
  const sys = memorySys({
    [`${ROOT}/cgroup.controllers`]: 'memory',
    [V2('memory.current')]: String(usedBytes),
    [V2('memory.max')]: 'max',
    [V2('memory.high')]: 'max',
    [V2('memory.low')]: '0',
    [`${ROOT}/corral/ve102/memory.low`]: '500',
    [`${ROOT}/corral/memory.low`]: '0',
  })
  const write = sys.write.bind(sys)
  sys.write = (path, text) => {
    write(path, text)
    const left = Math.max(keepsBytes, Math.min(usedBytes, Number(text)))
    if (path === V2('memory.high') && text !== 'max') write(V2('memory.current'), String(left))
  }
  return sys
}

test('v2: less memory than is used is taken back first, and refused where nothing would help but killing', () => {
  const frees = kernelV2(2 ** 29, 2 ** 20)
  apply(frees, { memoryBytes: 2 ** 28 })
  expect([frees.read(V2('memory.max')), frees.read(V2('memory.high'))]).toEqual([String(2 ** 28), 'max'])
  const keeps = kernelV2(2 ** 29, 2 ** 29)
  expect(() => apply(keeps, { memoryBytes: 2 ** 28 })).toThrow(
    expect.objectContaining({ fields: { 'spec.limits.memoryBytes': expect.any(String) } }),
  )
  expect(keeps.read(V2('memory.max'))).toBe('max')
})

test('v2: the group above is promised what all VEs in it are', () => {
  const sys = kernelV2(0, 0)
  const vmguarpages = { barrier: 1000, limit: null }
  apply(sys, { beancounters: { ...limits.beancounters, vmguarpages } })
  expect([sys.read(V2('memory.low')), sys.read(`${ROOT}/corral/memory.low`)]).toEqual(['1000', '1500'])
})
