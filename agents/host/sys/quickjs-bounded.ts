import { drain, feederOf, pipe, spawn, unnamedFile, waitFor } from './quickjs-processes.ts'
import type { BoundedOptions, BoundedResult } from './sys.ts'

/** What `ulimit -f` counts in. */
const BLOCK = 512
/**
 * Keeps the first blocks, each word at once; swallows the rest: whoever writes is neither held up nor ended by our being full.
 * head(1) would hold back what it has until the end, and dd(1) counts what came in the first read as the whole.
 */
const KEEP_SCRIPT = `trap '' XFSZ; ulimit -f "$1"; cat; exec cat >/dev/null`
const SIGKILL = 9
/** How long readers may go on after the program has ended: what it left running may hold their pipes open for ever. */
const DRAIN_MS = 300
const POLL_MS_MOST = 20

type Reader = { pid: number; fd: number; ended: boolean }

function startReader(readEnd: number, keepBytes: number): Reader {
  const fd = unnamedFile()
  const nothing = os.open('/dev/null', os.O_WRONLY)
  const pid = spawn(['sh', '-c', KEEP_SCRIPT, 'sh', String(Math.ceil(keepBytes / BLOCK))], {}, [
    readEnd,
    fd,
    nothing,
  ])
  os.close(nothing)
  os.close(readEnd)
  return { pid, fd, ended: false }
}

/** Waits until `done` says so or the time is up; looks often at first. */
function poll(milliseconds: number, done: () => boolean): boolean {
  const until = Date.now() + milliseconds
  for (let pause = 1; ; pause = Math.min(pause * 2, POLL_MS_MOST)) {
    if (done()) return true
    if (Date.now() >= until) return false
    os.sleep(pause)
  }
}

function hasEnded(reader: Reader): boolean {
  if (!reader.ended) reader.ended = os.waitpid(reader.pid, os.WNOHANG)[0] === reader.pid
  return reader.ended
}

function collect(reader: Reader, bytes: number): { text: string; truncated: boolean } {
  if (!hasEnded(reader)) {
    os.kill(reader.pid, SIGKILL)
    waitFor(reader.pid)
  }
  const truncated = os.seek(reader.fd, 0, std.SEEK_END) > bytes
  return { text: drain(reader.fd, bytes), truncated }
}

/**
 * Runs a program that is not trusted. It gets pipes only, and other processes fill and empty them: it cannot block this
 * one, fill the host, or get hold of a file of the host's.
 */
export function runBounded(argv: readonly string[], options: BoundedOptions): BoundedResult {
  const [input, inputEnd] = pipe()
  const [outRead, outWrite] = pipe()
  const [errRead, errWrite] = pipe()
  const pid = spawn(argv, {}, [input, outWrite, errWrite])
  for (const fd of [input, outWrite, errWrite]) os.close(fd)
  const feeder = feederOf(inputEnd, options.stdin)
  const readers = [outRead, errRead].map((end) => startReader(end, options.outputBytes + 1)) as [
    Reader,
    Reader,
  ]
  let status = -1
  const ended = () => {
    const [found, code] = os.waitpid(pid, os.WNOHANG)
    if (found === pid) status = code
    return found === pid
  }
  const timedOut = !poll(options.timeoutMs, ended)
  if (timedOut) {
    options.onTimeout()
    if (!poll(DRAIN_MS, ended)) {
      os.kill(pid, SIGKILL)
      status = os.waitpid(pid, 0)[1]
    }
  }
  poll(DRAIN_MS, () => readers.every(hasEnded))
  os.kill(feeder, SIGKILL)
  waitFor(feeder)
  const [stdout, stderr] = readers.map((reader) => collect(reader, options.outputBytes)) as [
    ReturnType<typeof collect>,
    ReturnType<typeof collect>,
  ]
  const signal = status & 0x7f
  return {
    code: signal === 0 ? (status >> 8) & 0xff : 128 + signal,
    stdout: stdout.text,
    stderr: stderr.text,
    truncated: stdout.truncated || stderr.truncated,
    timedOut,
  }
}
