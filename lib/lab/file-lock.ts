import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'

/**
 * Runs a task while holding an exclusive lock on a file; waits for another holder. Node has no flock(2), so flock(1)
 * holds it around a `cat` on a pipe from us: when this process dies, however it dies, the pipe closes and the lock is free.
 */
export async function withFileLock<T>(
  file: string,
  task: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  mkdirSync(path.dirname(file), { recursive: true })
  const holder = spawn('flock', [file, 'cat'], { stdio: ['pipe', 'pipe', 'inherit'], signal })
  const ended = new Promise<void>((resolve) => holder.once('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    holder.once('error', reject)
    holder.once('exit', (code) =>
      reject(new Error(`flock ended with ${code} before the lock on ${file} was taken`)),
    )
    // cat echoes our line: it runs, so flock has the lock.
    holder.stdout.once('data', () => resolve())
    holder.stdin.on('error', () => {})
    holder.stdin.write('locked?\n')
  })
  holder.removeAllListeners('error').on('error', () => {})
  try {
    return await task()
  } finally {
    holder.stdin.end()
    await ended
  }
}
