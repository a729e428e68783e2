import { execFile } from 'node:child_process'

/** A program ended with an error. `message` names it and quotes the end of what it said on stderr. */
export class CommandFailed extends Error {
  readonly argv: readonly string[]
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string

  constructor(
    argv: readonly string[],
    exitCode: number | undefined,
    { stdout, stderr }: { stdout: string; stderr: string },
    cause?: unknown,
  ) {
    const said = stderr.trim().split('\n').slice(-5).join('\n')
    super(`${argv[0]} failed${exitCode === undefined ? '' : ` with ${exitCode}`}${said ? `: ${said}` : ''}`, {
      cause,
    })
    this.name = 'CommandFailed'
    this.argv = argv
    this.exitCode = exitCode
    this.stdout = stdout
    this.stderr = stderr
  }
}

export type Argv = [program: string, ...args: string[]]
export type RunOptions = { input?: string; signal?: AbortSignal; env?: Record<string, string> }

/** Runs a program to its end and gives its stdout. Throws CommandFailed; an AbortError when the signal fired. */
export function run([program, ...args]: Argv, { input, signal, env }: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { signal, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, LC_ALL: 'C.UTF-8', ...env } },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout)
        else if (error.name === 'AbortError') reject(error)
        else {
          const code = typeof error.code === 'number' ? error.code : undefined
          const said = { stdout, stderr: stderr || (code === undefined ? error.message : '') }
          reject(new CommandFailed([program, ...args], code, said, error))
        }
      },
    )
    // A program that ends before it has read everything is judged by its exit code, not by our broken pipe.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input ?? '')
  })
}
