import { describe, expect, it } from 'vitest'
import { kernelMemory, proportionalSize } from './kernel-memory.ts'

const MEMINFO = `MemTotal:        1000 kB
MemFree:          400 kB
MemAvailable:     600 kB
Cached:           200 kB
SwapCached:         7 kB
AnonPages:        150 kB
Shmem:             50 kB
`

describe('kernelMemory', () => {
  it('is what is left when programs, files on disks and free memory are taken away', () => {
    expect(kernelMemory(MEMINFO)).toBe((1000 - 400 - (200 - 50) - 150) * 1024)
  })

  it('refuses a text that lacks a part', () => {
    expect(() => kernelMemory('MemTotal: 1000 kB\n')).toThrow('has no Cached')
    expect(() => kernelMemory(MEMINFO.replace('Shmem', 'Other'))).toThrow('has no Shmem')
  })
})

describe('proportionalSize', () => {
  it('adds up the processes, and no part of one twice', () => {
    const rollup = (pss: number) => `Rss:  9999 kB\nPss:     ${pss} kB\nPss_Anon:    5 kB\nPss_File:   6 kB\n`
    expect(proportionalSize(rollup(11) + rollup(300))).toBe(311 * 1024)
    expect(proportionalSize('')).toBe(0)
  })
})
