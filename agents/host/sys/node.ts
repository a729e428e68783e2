import { builtin, type Fs, sleep } from './node-builtin.ts'
import { files } from './node-files.ts'
import { hold, run, runAttached, runBounded, runInPlace } from './node-processes.ts'
import type { Sys } from './sys.ts'

/** One byte at a time, so that nothing beyond the line is swallowed; requests are one line. */
function inputLineReader(fs: Fs): () => string | null {
  let buffered = Buffer.alloc(0)
  const chunk = Buffer.alloc(65_536)
  return () => {
    for (;;) {
      const end = buffered.indexOf(10)
      if (end >= 0) {
        const line = buffered.subarray(0, end).toString('utf8')
        buffered = buffered.subarray(end + 1)
        return line
      }
      const length = fs.readSync(0, chunk)
      if (length === 0) {
        const rest = buffered.toString('utf8')
        buffered = Buffer.alloc(0)
        return rest === '' ? null : rest
      }
      buffered = Buffer.concat([buffered, chunk.subarray(0, length)])
    }
  }
}

export function nodeSys(): Sys {
  const fs = builtin<Fs>('node:fs')
  process.on('SIGHUP', () => {})
  return {
    ...files(fs),
    run,
    start: (argv, options) => {
      const result = run(argv, options)
      return { wait: () => result }
    },
    runBounded,
    runAttached,
    runInPlace,
    hold,
    program: process.argv[1] ?? '',
    args: process.argv.slice(2),
    pid: process.pid,
    env: (name) => process.env[name],
    now: () => Date.now(),
    sleep,
    kill: (pid, signal) => {
      try {
        return process.kill(pid, signal)
      } catch {
        return false
      }
    },
    readInputLine: inputLineReader(fs),
    output: (text) => {
      try {
        fs.writeSync(1, text)
      } catch {
        // The reader has gone; what was begun is still finished.
      }
    },
    outputBytes: (bytes) => {
      try {
        for (let at = 0; at < bytes.length; ) at += fs.writeSync(1, bytes, at)
        return true
      } catch {
        return false
      }
    },
    every: (milliseconds, tick, end) => {
      setInterval(tick, milliseconds)
      process.stdin.on('end', end).resume()
      tick()
    },
    exit: (code) => process.exit(code),
  }
}
