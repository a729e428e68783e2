import { expect, test } from 'vitest'
import { GIB, MIB } from '../../contract/units.ts'
import { DEFAULT_LIMITS, type VeLimitsPart, withLimits } from '../../contract/ve-limits.ts'
import { commitmentColumns } from './commitment.ts'

const BASE = { ...DEFAULT_LIMITS, memoryBytes: GIB, swapBytes: GIB }
const of = (part: VeLimitsPart) => {
  const columns = Object.entries(commitmentColumns(withLimits(BASE, part)))
  return Object.fromEntries(columns.map(([name, bytes]) => [name, Number(bytes) / MIB]))
}
const pair = (mib: number) => ({ barrier: mib * MIB, limit: mib * MIB })
const promise = (mib: number | null) => ({ barrier: mib === null ? null : mib * MIB, limit: null })
const KERNEL = {
  kmemsize: pair(64),
  tcpsndbuf: pair(16),
  tcprcvbuf: pair(16),
  othersockbuf: pair(16),
  dgramrcvbuf: pair(16),
}

test('kernel memory without a limit of its own is bounded by the memory limit', () => {
  expect(of({})).toEqual({
    guaranteedBytes: 0,
    committedKernelBytes: 1024,
    committedUseBytes: 1024,
    committedAllocatedBytes: 1024,
  })
  const { kmemsize: _, ...some } = KERNEL
  expect(of({ beancounters: some })).toMatchObject({ committedKernelBytes: 1024 })
})

test('guarantees count beside kernel memory, up to memory and swap', () => {
  expect(of({ beancounters: { ...KERNEL, vmguarpages: promise(1000), oomguarpages: promise(512) } })).toEqual(
    {
      guaranteedBytes: 1000,
      committedKernelBytes: 128,
      committedUseBytes: 640,
      committedAllocatedBytes: 1128,
    },
  )
  expect(of({ beancounters: { ...KERNEL, vmguarpages: promise(null) } })).toMatchObject({
    guaranteedBytes: 1024,
    committedAllocatedBytes: 2048,
    committedUseBytes: 128,
  })
})
