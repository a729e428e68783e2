/** When a guest is up, seen from outside and the same way for every engine: its init runs, its sshd answers. */
import { readdirSync, readFileSync } from 'node:fs'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const INIT_POLL_MS = 2
const SSH_POLL_MS = 5
const GIVE_UP_MS = 60_000

/**
 * Waits for a process named "init" that was not there before and whose cgroup has `marker` in its path.
 * Resolves with the milliseconds on `performance.now()`.
 */
export async function initRuns(marker: string): Promise<number> {
  const deadline = performance.now() + GIVE_UP_MS
  for (;;) {
    if (readdirSync('/proc').some((pid) => isInit(pid, marker))) return performance.now()
    if (performance.now() > deadline)
      throw new Error(`No init with the cgroup ${marker} within ${GIVE_UP_MS / 1000} s.`)
    await sleep(INIT_POLL_MS)
  }
}

function isInit(pid: string, marker: string): boolean {
  if (!/^\d+$/.test(pid)) return false
  try {
    return (
      readFileSync(`/proc/${pid}/comm`, 'utf8') === 'init\n' &&
      readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(marker)
    )
  } catch {
    return false // it ended while we looked
  }
}

/** Waits until something at `address`:22 says "SSH-". Resolves with the milliseconds on `performance.now()`. */
export async function sshAnswers(address: string): Promise<number> {
  const deadline = performance.now() + GIVE_UP_MS
  for (;;) {
    if (await banner(address)) return performance.now()
    if (performance.now() > deadline) throw new Error(`No sshd at ${address} within ${GIVE_UP_MS / 1000} s.`)
    await sleep(SSH_POLL_MS)
  }
}

function banner(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: address, port: 22, timeout: 200 })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('data', (chunk) => end(chunk.toString('latin1').startsWith('SSH-')))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })
}
