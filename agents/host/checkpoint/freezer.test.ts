import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import { expect, test } from 'vitest'
import { memorySys } from '../testing/memory-sys.ts'
import { holdScript, takeHeld } from './freezer.ts'

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

test('v1: one that has ended meanwhile keeps nobody from standing still', () => {
  const group = fs.mkdtempSync(`${os.tmpdir()}/corral-freezer-`)
  try {
    fs.writeFileSync(`${group}/cgroup.procs`, '1\n2\n')
    const script = holdScript(memorySys(), 101)
      .replaceAll('/sys/fs/cgroup/freezer/corral/ve101', group)
      .replace(/^for/m, `mkdir ${group}/held/cgroup.procs\nfor`) // writing there fails
    execFileSync('sh', ['-c', script], {
      env: { ...process.env, CRTOOLS_SCRIPT_ACTION: 'pre-resume' },
      stdio: 'pipe',
    })
    expect(fs.readFileSync(`${group}/held/freezer.state`, 'utf8')).toBe('FROZEN\n')
  } finally {
    fs.rmSync(group, { recursive: true })
  }
})
