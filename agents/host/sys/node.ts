import {
  type BoundedOptions,
  type BoundedResult,
  EEXIST,
  ENOENT,
  ENVIRONMENT,
  type FileStat,
  type Holder,
  type RunOptions,
  type RunResult,
  type Sys,
  SysError,
} from './sys.ts'

/** By name at run time, so that the bundle has no import that QuickJS would stumble over. */
function builtin<T>(name: string): T {
  return process.getBuiltinModule(name) as T
}

type Fs = typeof import('node:fs')
type ChildProcess = typeof import('node:child_process')

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

/** Runs a file operation; null when the thing is absent, `SysError` for every other failure. */
function orNull<T>(operation: string, path: string, work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    const { errno = 0, message } = error as NodeJS.ErrnoException
    if (-errno === ENOENT) return null
    throw new SysError(operation, path, -errno, message)
  }
}

function strict<T>(operation: string, path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { errno = 0, message } = error as NodeJS.ErrnoException
    throw new SysError(operation, path, -errno, message)
  }
}

function fileStat(found: import('node:fs').Stats): FileStat {
  const kind = found.isFile()
    ? 'file'
    : found.isDirectory()
      ? 'directory'
      : found.isSymbolicLink()
        ? 'symlink'
        : 'other'
  return {
    kind,
    sizeBytes: found.size,
    diskBytes: found.blocks * 512,
    modifiedAt: found.mtimeMs,
    inode: found.ino,
    mode: found.mode & 0o7777,
  }
}

/** Synchronous, so lines reach `onLine` only when the program has ended. */
function run(argv: readonly string[], options: RunOptions = {}): RunResult {
  const fs = builtin<Fs>('node:fs')
  const output = options.outputFile === undefined ? undefined : fs.openSync(options.outputFile, 'w', 0o600)
  const ended = builtin<ChildProcess>('node:child_process').spawnSync(argv[0] ?? '', argv.slice(1), {
    input: options.stdin ?? '',
    encoding: 'utf8' as const,
    stdio: ['pipe', output ?? 'pipe', output ?? 'pipe'],
    maxBuffer: 256 * 1024 * 1024,
    cwd: options.cwd,
    env: (options.env ?? { ...process.env, ...ENVIRONMENT }) as NodeJS.ProcessEnv,
  })
  if (output !== undefined) fs.closeSync(output)
  const signals = builtin<typeof import('node:os')>('node:os').constants.signals
  const signal = ended.signal === null ? 0 : signals[ended.signal]
  const code =
    ended.error !== undefined && ended.status === null && signal === 0 ? 127 : (ended.status ?? 128 + signal)
  if (options.outputFile !== undefined) {
    const text = fs.readFileSync(options.outputFile, 'utf8')
    return { code, stdout: text, stderr: text }
  }
  if (options.onLine === undefined) return { code, stdout: ended.stdout ?? '', stderr: ended.stderr ?? '' }
  const lines = `${ended.stdout ?? ''}${ended.stderr ?? ''}`.split('\n').filter((line) => line !== '')
  for (const line of lines) options.onLine(line)
  return { code, stdout: '', stderr: '' }
}

/**
 * Node can wait for one program only together with its pipes: what that left running counts until the time is up, and a
 * program that says more than fits is ended.
 */
function runBounded(argv: readonly string[], options: BoundedOptions): BoundedResult {
  const ended = builtin<ChildProcess>('node:child_process').spawnSync(argv[0] ?? '', argv.slice(1), {
    input: options.stdin,
    timeout: options.timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: options.outputBytes + 1,
    env: { ...process.env, ...ENVIRONMENT } as NodeJS.ProcessEnv,
  })
  const failure = (ended.error as NodeJS.ErrnoException | undefined)?.code
  const timedOut = failure === 'ETIMEDOUT'
  if (timedOut) options.onTimeout()
  const kept = (bytes: Buffer | null) =>
    (bytes ?? Buffer.alloc(0)).subarray(0, options.outputBytes).toString()
  const signals = builtin<typeof import('node:os')>('node:os').constants.signals
  const signal = ended.signal === null ? 0 : signals[ended.signal]
  return {
    code: failure === 'ENOENT' ? 127 : (ended.status ?? 128 + signal),
    stdout: kept(ended.stdout),
    stderr: kept(ended.stderr),
    truncated: failure === 'ENOBUFS',
    timedOut,
  }
}

function runAttached(argv: readonly string[], onHangup: () => void): number {
  const ended = builtin<ChildProcess>('node:child_process').spawnSync(argv[0] ?? '', argv.slice(1), {
    stdio: 'inherit',
  })
  if (ended.status === null) onHangup()
  return ended.status ?? 127
}

/** Node reports the end of a child only in its event loop; the kernel's own word does not wait for that. */
function isZombie(fs: Fs, pid: number): boolean {
  return orNull('read', 'stat', () => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'))?.includes(') Z ') ?? true
}

function hold(argv: readonly string[]): Holder {
  const fs = builtin<Fs>('node:fs')
  const folder = fs.mkdtempSync('/tmp/corral-hold-')
  const answer = `${folder}/answer`
  const output = fs.openSync(answer, 'w')
  const child = builtin<ChildProcess>('node:child_process').spawn(argv[0] ?? '', argv.slice(1), {
    stdio: ['pipe', output, 'ignore'],
  })
  fs.closeSync(output)
  child.unref()
  child.stdin?.write('\n')
  return {
    held: () => {
      while (fs.statSync(answer).size === 0) {
        if (child.pid === undefined || isZombie(fs, child.pid)) return false
        sleep(5)
      }
      return true
    },
    release: () => {
      if (child.pid !== undefined && child.exitCode === null && !isZombie(fs, child.pid))
        child.kill('SIGTERM')
      child.stdin?.destroy()
      while (child.pid !== undefined && !isZombie(fs, child.pid)) sleep(1)
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}

function files(fs: Fs) {
  return {
    read: (path: string) => orNull('read', path, () => fs.readFileSync(path, 'utf8')),
    readBytes: (path: string, offset: number, most: number) =>
      orNull('read', path, () => {
        const file = fs.openSync(path, 'r')
        try {
          const buffer = new Uint8Array(most)
          return buffer.subarray(0, fs.readSync(file, buffer, 0, most, offset))
        } finally {
          fs.closeSync(file)
        }
      }),
    write: (path: string, text: string, mode = 0o600) =>
      strict('write', path, () => fs.writeFileSync(path, text, { mode })),
    createExclusive: (path: string, text: string, mode: number) => {
      try {
        fs.writeFileSync(path, text, { mode, flag: 'wx' })
        return true
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
        throw error
      }
    },
    extend: (path: string, sizeBytes: number) =>
      strict('extend', path, () => fs.truncateSync(path, sizeBytes)),
    stat: (path: string) => {
      const found = orNull('lstat', path, () => fs.lstatSync(path))
      return found === null ? null : fileStat(found)
    },
    readlink: (path: string) => {
      try {
        return fs.readlinkSync(path)
      } catch {
        return null
      }
    },
    list: (path: string) => orNull('list', path, () => fs.readdirSync(path).sort()) ?? [],
    mkdir: (path: string, mode: number) => {
      try {
        fs.mkdirSync(path, { mode })
        return true
      } catch (error) {
        const { errno = 0, message } = error as NodeJS.ErrnoException
        if (-errno === EEXIST) return false
        throw new SysError('mkdir', path, -errno, message)
      }
    },
    rename: (from: string, to: string) => strict('rename', from, () => fs.renameSync(from, to)),
    remove: (path: string) => {
      try {
        const found = fs.lstatSync(path)
        if (found.isDirectory()) fs.rmdirSync(path)
        else fs.unlinkSync(path)
        return true
      } catch {
        return false
      }
    },
  }
}

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
    hold,
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
