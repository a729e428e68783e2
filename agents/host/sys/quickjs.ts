import { runBounded } from './quickjs-bounded.ts'
import * as files from './quickjs-files.ts'
import { hold, run, runAttached, runInPlace, start } from './quickjs-processes.ts'
import { ENVIRONMENT, type Sys } from './sys.ts'

const SIGHUP = 1
const SIGPIPE = 13

/** Reads and drops what comes on standard input; true at its end. */
function inputEnded(): boolean {
  return os.read(0, new ArrayBuffer(512), 0, 512) <= 0
}

function writeAll(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; ) {
    const written = os.write(1, bytes.buffer as ArrayBuffer, bytes.byteOffset + at, bytes.length - at)
    if (written <= 0) return false
    at += written
  }
  return true
}

export function quickJsSys(): Sys {
  // A handler that does nothing, not "ignore": programs we start must get the default back, and an ignored signal is inherited.
  os.signal(SIGHUP, () => {})
  os.signal(SIGPIPE, () => {})
  for (const [name, value] of Object.entries(ENVIRONMENT)) std.setenv(name, value)
  return {
    ...files,
    run,
    start,
    runBounded,
    runAttached,
    runInPlace,
    hold,
    program: scriptArgs[0] ?? '',
    args: scriptArgs.slice(1),
    pid: os.getpid(),
    env: (name) => std.getenv(name),
    now: () => Date.now(),
    sleep: (milliseconds) => os.sleep(milliseconds),
    kill: (pid, signal) => os.kill(pid, signal) >= 0,
    readInputLine: () => std.in.getline(),
    output: (text) => {
      std.out.puts(text)
      std.out.flush()
    },
    outputBytes: writeAll,
    every: (milliseconds, tick, end) => {
      const again = () => {
        tick()
        os.setTimeout(again, milliseconds)
      }
      os.setReadHandler(0, () => {
        if (inputEnded()) end()
      })
      again()
    },
    exit: (code) => std.exit(code),
  }
}
