import { describe, expect, it, test } from 'vitest'
import { freeAtHand, kernelMemory, proportionalSize } from './kernel-memory.ts'

const MEMINFO = `MemTotal:        1000 kB
MemFree:          400 kB
MemAvailable:     600 kB
Buffers:           20 kB
Cached:           200 kB
SwapCached:         7 kB
Active:           130 kB
Inactive:         270 kB
Active(anon):      90 kB
Unevictable:        5 kB
AnonPages:        150 kB
Shmem:             50 kB
`

describe('kernelMemory', () => {
  it('is what is left when programs, files on disks and free memory are taken away', () => {
    expect(kernelMemory(MEMINFO)).toBe((1000 - 400 - (130 + 270 + 5) + 50 + 20) * 1024)
  })

  it('refuses a text that lacks a part', () => {
    expect(() => kernelMemory('MemTotal: 1000 kB\n')).toThrow('has no Active')
    expect(() => kernelMemory(MEMINFO.replace('Shmem', 'Other'))).toThrow('has no Shmem')
  })
})

test('free pages at hand of each processor in each zone', () => {
  const zone = (one: number, other: number) =>
    `  pagesets\n    cpu: 0\n              count:    ${one}\n              high:     99\n    cpu: 1\n              count:    ${other}\n`
  expect(
    freeAtHand(`Node 0, zone DMA\n  pages free 3840\n${zone(0, 7)}Node 0, zone Normal\n${zone(500, 40)}`),
  ).toBe(547)
})

describe('proportionalSize', () => {
  it('adds up the processes, and no part of one twice', () => {
    const rollup = (pss: number) => `Rss:  9999 kB\nPss:     ${pss} kB\nPss_Anon:    5 kB\nPss_File:   6 kB\n`
    expect(proportionalSize(rollup(11) + rollup(300))).toBe(311 * 1024)
    expect(proportionalSize('')).toBe(0)
  })
})
