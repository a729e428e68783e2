import { builtin, type ChildProcess, type Fs, sleep } from './node-builtin.ts'
import { orNull } from './node-files.ts'
import {
  type BoundedOptions,
  type BoundedResult,
  ENVIRONMENT,
  type Holder,
  type RunOptions,
  type RunResult,
} from './sys.ts'

/** Synchronous, so lines reach `onLine` only when the program has ended. */
export function run(argv: readonly string[], options: RunOptions = {}): RunResult {
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
export function runBounded(argv: readonly string[], options: BoundedOptions): BoundedResult {
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

export function runAttached(argv: readonly string[], onHangup: () => void): number {
  const ended = builtin<ChildProcess>('node:child_process').spawnSync(argv[0] ?? '', argv.slice(1), {
    stdio: 'inherit',
  })
  if (ended.status === null) onHangup()
  return ended.status ?? 127
}

export function runInPlace(argv: readonly string[]): number {
  return runAttached(argv, () => {})
}

/** Node reports the end of a child only in its event loop; the kernel's own word does not wait for that. */
function isZombie(fs: Fs, pid: number): boolean {
  return orNull('read', 'stat', () => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'))?.includes(') Z ') ?? true
}

export function hold(argv: readonly string[]): Holder {
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
