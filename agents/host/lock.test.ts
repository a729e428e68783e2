import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Problem } from '../../lib/contract/problem.ts'
import { withLock } from './lock.ts'
import { nodeSys } from './sys/node.ts'

const sys = nodeSys()
let folder: string
beforeEach(() => {
  folder = mkdtempSync('/tmp/corral-lock-')
})
afterEach(() => rmSync(folder, { recursive: true }))

const locked = <T>(request: string, work: () => T, waitSeconds = 0) =>
  withLock(sys, 've101', 'VE 101', request, work, { waitSeconds, folder })

test('whoever comes second is refused and told who holds it', () => {
  const refused = locked('op:1', () => {
    try {
      return locked('op:2', () => null)
    } catch (error) {
      return error as Problem
    }
  })
  expect(refused).toBeInstanceOf(Problem)
  expect(refused?.code).toBe('locked')
  expect(refused?.detail).toMatch(
    new RegExp(`VE 101 is being worked on by request op:1 \\(pid ${process.pid}, \\d+ s\\)`),
  )
})

test('it is free again afterwards, also after a failure', () => {
  expect(() =>
    locked('op:1', () => {
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(locked('op:2', () => 'held')).toBe('held')
})

test('different names do not wait for each other', () => {
  const inner = () => withLock(sys, 've102', 'VE 102', 'op:2', () => 'both', { waitSeconds: 0, folder })
  expect(locked('op:1', inner)).toBe('both')
})

/** A holder as on a host: `cat` under flock(1), on the pipe of a process that can be killed. */
async function startHolder() {
  const script =
    'mkfifo "$1.pipe"; flock -F "$1" cat <"$1.pipe" >"$1.held" & exec 3>"$1.pipe"; echo >&3; exec sleep 60'
  const holder = spawn('sh', ['-c', script, 'sh', `${folder}/ve101`], { stdio: 'ignore' })
  for (let tries = 0; tries < 500; tries += 1) {
    if (existsSync(`${folder}/ve101.held`) && readFileSync(`${folder}/ve101.held`).length > 0) return holder
    await delay(10)
  }
  throw new Error('the holder did not get the lock')
}

test('a holder that is killed frees it, without anybody cleaning up', async () => {
  const holder = await startHolder()
  expect(() => locked('op:2', () => null)).toThrow(/another request/)
  holder.kill('SIGKILL')
  expect(locked('op:2', () => 'held', 5)).toBe('held')
})
