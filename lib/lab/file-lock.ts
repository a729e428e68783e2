import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'

/**
 * Runs a task while holding an exclusive lock on a file. Waits for another holder, unless the signal fires first: then it
 * throws its reason. Node has no flock(2), so flock(1) holds it around a `cat` on a pipe from us: when this process dies,
 * however it dies, the pipe closes and the lock is free.
 */
export async function withFileLock<T>(
  file: string,
  task: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const release = await takeLock(file, signal)
  try {
    return await task()
  } finally {
    await release()
  }
}

async function takeLock(file: string, signal?: AbortSignal): Promise<() => Promise<void>> {
  signal?.throwIfAborted()
  mkdirSync(path.dirname(file), { recursive: true })
  // In a session of its own: Ctrl-C at the terminal must not take the lock from a task that is clearing up.
  const holder = spawn('flock', [file, 'cat'], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const giveUp = () => holder.kill('SIGKILL')
  signal?.addEventListener('abort', giveUp, { once: true })
  const ended = new Promise<void>((resolve) => holder.once('close', () => resolve()))
  try {
    await new Promise<void>((resolve, reject) => {
      holder.once('error', reject)
      holder.once('exit', (code) =>
        reject(signal?.reason ?? new Error(`flock ended with ${code} on ${file}`)),
      )
      // cat echoes our line: it runs, so flock has the lock.
      holder.stdout.once('data', () => resolve())
      holder.stdin.on('error', () => {})
      holder.stdin.write('locked?\n')
    })
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
  return () => {
    holder.stdin.end()
    return ended
  }
}
