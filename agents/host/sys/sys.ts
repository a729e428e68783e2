/**
 * What the agent asks of the machine: the only door to processes, files and time. Two implementations: QuickJS on hosts,
 * Node in tests and where a host has no qjs. Everything is synchronous; a failing file operation throws `SysError`.
 */

export class SysError extends Error {
  /** errno as a number, such as 2 for "no such file". */
  readonly errno: number

  constructor(operation: string, path: string, errno: number, message: string) {
    super(`${operation} ${path}: ${message}`)
    this.name = 'SysError'
    this.errno = errno
  }
}

/** By its name: the two parts of the bundle have a class each. */
export function isSysError(error: unknown): error is SysError {
  return error instanceof Error && error.name === 'SysError'
}

/** What programs are started with, whoever started the agent: where they are found, and words in the language we read. */
export const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
} as const

/**
 * For a program that goes on among files of a VE: in the C locale, and in no other, the C library looks for no translations of
 * what it says (gettext(3)), which may name code to load.
 */
export const WORDLESS_ENVIRONMENT = { ...ENVIRONMENT, LC_ALL: 'C' } as const

export const ENOENT = 2
export const EEXIST = 17

export type RunOptions = {
  /** Given to the program's standard input, then end of file. The place for secrets. */
  stdin?: string
  cwd?: string
  /** Replaces the environment. */
  env?: Record<string, string>
  /** Called for every line of standard output and error, mixed, as it comes; `stdout` and `stderr` stay empty. */
  onLine?: (line: string) => void
  /** Standard output and error go to this file, for a program whose children outlive it and keep them open. */
  outputFile?: string
}

/** `code` is 128 + n for a program ended by signal n, 127 when it could not be started. */
export type RunResult = { code: number; stdout: string; stderr: string }

/** `onTimeout` ends what the program began elsewhere; the program itself is killed when it does not end by that. */
export type BoundedOptions = { stdin: string; timeoutMs: number; outputBytes: number; onTimeout(): void }

/** Text beyond `outputBytes` of either stream was thrown away when `truncated`. */
export type BoundedResult = RunResult & { truncated: boolean; timedOut: boolean }

export type FileStat = {
  kind: 'file' | 'directory' | 'symlink' | 'other'
  sizeBytes: number
  /** Bytes it takes on disk: less than its size when it has holes. */
  diskBytes: number
  modifiedAt: number
  /** Another file under the same name has another. */
  inode: number
  mode: number
  /** Of a process's own directory: whom it runs as. */
  uid: number
  /** Names it has; of a control group two more than there are groups right below it. */
  links: number
}

/** `id`: of the mount (proc_pid_fdinfo(5), mnt_id). `device`: the numbers of its file system's device ("7:3"); 0 of one that has none. */
export type MountedOn = { id: number; device: string }

export type StartOptions = Omit<RunOptions, 'onLine'>

/** A program that runs beside this process. */
export interface Started {
  /** Waits for its end. */
  wait(): RunResult
}

/** A child that holds something (a lock) for as long as this process lives: it ends when its standard input does. */
export interface Holder {
  /** Waits for the child's answer: true when it holds, false when it ended instead. */
  held(): boolean
  release(): void
}

export interface Sys {
  /** Path of the agent's own file. */
  readonly program: string
  readonly args: readonly string[]
  readonly pid: number
  env(name: string): string | undefined
  /** Milliseconds since 1970. */
  now(): number
  sleep(milliseconds: number): void

  /** Runs a program to its end. Never throws for a bad exit; see `run.ts` for that. */
  run(argv: readonly string[], options?: RunOptions): RunResult
  /** The same beside what this process does until it waits for the result. Under Node it has run to its end already. */
  start(argv: readonly string[], options?: StartOptions): Started
  /** Runs a program that is not trusted: it can neither block nor fill this one, whatever it does with its standard streams. */
  runBounded(argv: readonly string[], options: BoundedOptions): BoundedResult
  /**
   * Runs a program on this process's own terminal; gives its code as in `RunResult`. When the terminal is hung up, `onHangup` ends
   * what the program began elsewhere; then it is killed.
   */
  runAttached(argv: readonly string[], onHangup: () => void): number
  /** Runs a program on this process's own standard streams; gives its code as in `RunResult`. */
  runInPlace(argv: readonly string[]): number
  /** Starts `argv`, which copies its input to its output once it holds what it should. */
  hold(argv: readonly string[]): Holder
  /** Signal to one process; false when there is none. */
  kill(pid: number, signal: number): boolean

  /** Text of a file, /proc and cgroup files included, or its beginning of `most` bytes; null when there is none. */
  read(path: string, most?: number): string | null
  /** What one read(2) of 4 KiB gives of a file in ASCII, as most of /proc and of control groups are: in half the time of `read`. */
  readShort(path: string): string | null
  /** Up to `most` bytes from `offset`: none beyond its end, null when there is no file. */
  readBytes(path: string, offset: number, most: number): Uint8Array | null
  /** Makes or replaces a file in place: for /proc, /sys and files nobody else reads. */
  write(path: string, text: string, mode?: number): void
  /** Makes a file that must not exist yet; false when it does. */
  createExclusive(path: string, text: string, mode: number): boolean
  /** Makes a file longer, with a hole. */
  extend(path: string, sizeBytes: number): void
  /** Not following a symbolic link; null when there is nothing. */
  stat(path: string): FileStat | null
  readlink(path: string): string | null
  /** What `path` is on, links followed; null when there is nothing. In the same time however much is mounted. */
  mountOf(path: string): MountedOn | null
  /** Names in a directory, sorted; empty when there is none. */
  list(path: string): string[]
  mkdir(path: string, mode: number): boolean
  rename(from: string, to: string): void
  /** A file, link or empty directory; false when it is absent, or a directory that is not empty or busy. */
  remove(path: string): boolean

  /** A line of this process's standard input, without its end; null at the end. */
  readInputLine(): string | null
  /** To standard output at once; a reader that has gone is no error. */
  output(text: string): void
  /** Bytes to standard output at once, waiting for a slow reader; false when the reader has gone. */
  outputBytes(bytes: Uint8Array): boolean
  /** Calls `tick` at once and then every `milliseconds` until standard input ends, then `end`. Returns at once under Node. */
  every(milliseconds: number, tick: () => void, end: () => void): void
  exit(code: number): void
}
