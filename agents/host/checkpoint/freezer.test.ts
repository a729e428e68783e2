import { expect, test } from 'vitest'
import { memorySys } from '../testing/memory-sys.ts'
import { takeHeld } from './freezer.ts'

const GROUP = '/sys/fs/cgroup/corral/ve101'

/** cgroup v2: the kernel counts them as frozen some milliseconds after they were stopped. */
function group(word: string) {
  const sys = memorySys({
    '/sys/fs/cgroup/cgroup.controllers': 'cpu memory pids',
    [`${GROUP}/cgroup.freeze`]: `${word}\n`,
    [`${GROUP}/cgroup.events`]: 'populated 1\nfrozen 0\n',
  })
  const later = () => sys.files.set(`${GROUP}/cgroup.events`, 'populated 1\nfrozen 1\n')
  return Object.assign(sys, { sleep: later })
}

test('a restored VE that was told to stand still does, though not all of it is counted as frozen yet', () => {
  expect(takeHeld(group('1'), 101)).toBe(true)
})

test('one that was not told so runs', () => {
  expect(takeHeld(group('0'), 101)).toBe(false)
})
