import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'

type Said = { stdout: string; stderr: string }

/** A program ended with an error. `message` names it and quotes the end of what it said on stderr. */
export class CommandFailed extends Error {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string

  constructor(program: string, exitCode: number | undefined, { stdout, stderr }: Said, cause?: unknown) {
    const end = stderr.trim().split('\n').slice(-5).join('\n')
    super(`${program} failed${exitCode === undefined ? '' : ` with ${exitCode}`}${end ? `: ${end}` : ''}`, {
      cause,
    })
    this.name = 'CommandFailed'
    this.exitCode = exitCode
    this.stdout = stdout
    this.stderr = stderr
  }
}

export type RunOptions = {
  input?: string
  signal?: AbortSignal
  env?: Record<string, string>
  /** Called with each line of stderr as it comes. */
  onLine?: (line: string) => unknown
}

/** How long a program gets between SIGTERM and SIGKILL. */
const STOP_GRACE_MS = 2_000

/**
 * Runs a program to its end and gives its stdout. Throws CommandFailed, or the signal's reason when that fired:
 * the program and its children were then told to stop, and it has ended by the time this throws.
 */
export async function run(
  argv: readonly string[],
  { input, signal, env, onLine }: RunOptions = {},
): Promise<string> {
  signal?.throwIfAborted()
  const [program = '', ...args] = argv
  // In a session of its own: Ctrl-C at the terminal is for us to pass on, or not, as when clearing up.
  const child = spawn(program, args, {
    detached: true,
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...env },
  })
  const stop = () => stopGroup(child)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    if (onLine) createInterface({ input: child.stderr }).on('line', onLine)
    // A program that ends before it has read everything is judged by its exit code, not by our broken pipe.
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
    const [exitCode, stdout, stderr] = await Promise.all([
      ended(child, program),
      text(child.stdout),
      text(child.stderr),
    ])
    signal?.throwIfAborted()
    if (exitCode !== 0) throw new CommandFailed(program, exitCode, { stdout, stderr })
    return stdout
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

/** Its exit code, undefined when a signal ended it. */
const ended = (child: ChildProcess, program: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    child.once('error', (error) =>
      reject(new CommandFailed(program, undefined, { stdout: '', stderr: error.message }, error)),
    )
    child.once('close', (code) => resolve(code ?? undefined))
  })

function stopGroup(child: ChildProcess): void {
  const kill = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal)
    } catch {
      // The last of the group has gone.
    }
  }
  kill('SIGTERM')
  const insist = setTimeout(() => kill('SIGKILL'), STOP_GRACE_MS)
  child.once('close', () => clearTimeout(insist))
}
