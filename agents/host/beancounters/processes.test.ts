import { expect, test } from 'vitest'
import { memorySys } from '../testing/memory-sys.ts'
import { lookAtProcesses, type ProcessMemory } from './processes.ts'

const OLD_KERNEL = { pageBytes: 4096, fdSizes: false, turn: 0 }

/** Processes with so many descriptors, and room for them; how often each was listed. */
function look(processes: Record<number, { has: number; room: number }>, before: ProcessMemory = new Map()) {
  const files = Object.entries(processes).flatMap(([pid, { room }]) => [
    [`/proc/${pid}/fd/0`, ''],
    [`/proc/${pid}/statm`, `10 5 1 1 0 7 0 ${before.size}\n`],
    [`/proc/${pid}/status`, `Name:\tx\nFDSize:\t${room}\nGroups:\t\n`],
  ])
  const listed: number[] = []
  const sys = {
    ...memorySys(Object.fromEntries(files)),
    list: (path: string) => {
      const pid = Number(path.split('/')[2])
      listed.push(pid)
      return Array.from({ length: processes[pid]?.has ?? 0 }, (_, n) => String(n))
    },
  }
  const found = lookAtProcesses(sys, Object.keys(processes).map(Number), before, OLD_KERNEL)
  return { found, listed, counted: [...found.values()].map(({ files: count }) => count) }
}

test('before Linux 6.2 descriptors are listed to be counted', () => {
  expect(look({ 1: { has: 3, room: 64 }, 2: { has: 2000, room: 2048 } }).counted).toEqual([3, 2000])
})

test('who has more than may be listed counts as many as it has room for, and is not listed', () => {
  const many = { has: 500_000, room: 524_288 }
  const { counted, listed } = look({ 1: many, 2: { has: 3, room: 64 }, 3: many })
  expect(counted).toEqual([524_288, 3, 524_288])
  expect(new Set(listed)).toEqual(new Set([2]))
})

test('those who come to have many at once are listed together no more than one of them', () => {
  const few = { has: 3, room: 64 }
  const { found } = look({ 1: few, 2: few, 3: few })
  const many = { has: 500_000, room: 524_288 }
  const again = look({ 1: many, 2: many, 3: many }, found)
  expect(again.counted).toEqual([500_000, 524_288, 524_288])
  expect(again.listed).toEqual([1])
})
