import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { identityOf, isAlive, signalProcess, stopProcess } from './process-identity.ts'

const sleeper = (script: string) =>
  new Promise<number>((resolve) => {
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] })
    child.stdout.once('data', () => resolve(child.pid as number))
  })

const OBEDIENT = 'setInterval(() => {}, 1000); console.log("up")'
const STUBBORN = `process.on('SIGTERM', () => {}); ${OBEDIENT}`

test('a process is known by its pid and its start, so another one with its pid is not touched', async () => {
  const pid = await sleeper(OBEDIENT)
  const identity = identityOf(pid)
  if (!identity) throw new Error('it does not run')
  expect(isAlive(identity)).toBe(true)
  const earlier = { pid, startedAt: '1' }
  expect(isAlive(earlier)).toBe(false)
  expect(signalProcess(earlier, 'SIGKILL')).toBe(false)
  expect(await stopProcess(identity, { graceMs: 5_000 })).toBe('stopped')
  expect(await stopProcess(identity, { graceMs: 5_000 })).toBe('was-gone')
})

test('who does not go when asked is killed', async () => {
  const identity = identityOf(await sleeper(STUBBORN))
  if (!identity) throw new Error('it does not run')
  expect(await stopProcess(identity, { graceMs: 200 })).toBe('killed')
  expect(isAlive(identity)).toBe(false)
})

test('there is no process 0, and none with a pid that is no number', () => {
  expect(identityOf(0)).toBeUndefined()
  expect(identityOf(Number.NaN)).toBeUndefined()
})
