import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAlive, type ProcessIdentity, signalProcess } from '../setup/process-identity.ts'
import { Supervised } from './supervised.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'corral-supervised-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

function supervise(script: string) {
  const started: ProcessIdentity[] = []
  const pauses: number[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const process = new Supervised({
    argv: ['-e', script],
    cwd: dir,
    env: {} as NodeJS.ProcessEnv,
    logFile: path.join(dir, 'log/child.log'),
    started: (identity) => {
      started.push(identity)
      for (const { count, resolve } of waiting) if (started.length >= count) resolve()
    },
    crashed: (_how, pauseMs) => pauses.push(pauseMs),
  })
  const starts = (count: number) =>
    new Promise<void>((resolve) => {
      if (started.length >= count) resolve()
      else waiting.push({ count, resolve })
    })
  return { process, started, pauses, starts }
}

test('a crashed process is started again, later each time', async () => {
  const { process, started, pauses, starts } = supervise('console.log("begun"); process.exit(3)')
  await starts(3)
  await process.stop(1_000)
  expect(pauses.slice(0, 2)).toEqual([1_000, 2_000])
  expect(new Set(started.map(({ pid }) => pid)).size).toBe(3)
  expect(readFileSync(path.join(dir, 'log/child.log'), 'utf8')).toContain('begun\nbegun\n')
})

test('one that was asked to stop stays stopped', async () => {
  const { process, started, pauses } = supervise('setInterval(() => {}, 1000)')
  await process.stop(5_000)
  expect(started.map(isAlive)).toEqual([false])
  expect(pauses).toEqual([])
})

test('one that was killed comes back', async () => {
  const { process, started, starts } = supervise('setInterval(() => {}, 1000)')
  const [first] = started
  if (!first) throw new Error('it was not started')
  signalProcess(first, 'SIGKILL')
  await starts(2)
  expect(started.map(isAlive)).toEqual([false, true])
  await process.stop(5_000)
})
