import { ENOENT, type FileStat, type RunOptions, type RunResult, type Sys, SysError } from '../sys/sys.ts'
import { memoryMount } from './memory-mounts.ts'

type Program = (argv: readonly string[], options: RunOptions) => Partial<RunResult> | undefined

export type MemorySys = Sys & {
  files: Map<string, string>
  /** Every program that was run, in order. */
  runs: { argv: readonly string[]; stdin: string | undefined }[]
  outputs: string[]
  signals: { pid: number; signal: number }[]
}

/** A machine in memory: files, programs that answer as told (success when they say nothing), a clock that `sleep` moves. */
export function memorySys(files: Record<string, string> = {}, program: Program = () => undefined): MemorySys {
  const map = new Map(Object.entries(files))
  const folders = new Set<string>()
  const under = (path: string) => [...map.keys(), ...folders].filter((each) => each.startsWith(`${path}/`))
  const isFolder = (path: string) => folders.has(path) || under(path).length > 0
  const runs: MemorySys['runs'] = []
  const signals: MemorySys['signals'] = []
  const outputs: string[] = []
  let clock = 1_700_000_000_000
  const stat = (path: string): FileStat | null => {
    const text = map.get(path)
    if (text === undefined && !isFolder(path)) return null
    const size = text?.length ?? 0
    const kind = text === undefined ? 'directory' : 'file'
    return {
      kind,
      sizeBytes: size,
      diskBytes: size,
      modifiedAt: clock,
      inode: 1,
      mode: 0o600,
      uid: 0,
      links: 2,
    }
  }
  const run: Sys['run'] = (argv, options = {}) => {
    runs.push({ argv, stdin: options.stdin })
    return { code: 0, stdout: '', stderr: '', ...program(argv, options) }
  }
  const isThere = (path: string) => map.has(path) || isFolder(path)
  const sys: MemorySys = {
    files: map,
    runs,
    outputs,
    signals,
    program: '/usr/local/lib/corral/agent.js',
    args: [],
    pid: 4242,
    env: () => undefined,
    now: () => clock,
    sleep: (milliseconds) => {
      clock += milliseconds
    },
    run,
    start: (argv, options) => {
      const result = run(argv, options)
      return { wait: () => result }
    },
    runBounded: (argv, { stdin }) => {
      runs.push({ argv, stdin })
      return {
        code: 0,
        stdout: '',
        stderr: '',
        truncated: false,
        timedOut: false,
        ...program(argv, { stdin }),
      }
    },
    runAttached: (argv) => {
      runs.push({ argv, stdin: undefined })
      return program(argv, {})?.code ?? 0
    },
    runInPlace: (argv) => {
      runs.push({ argv, stdin: undefined })
      return program(argv, {})?.code ?? 0
    },
    hold: () => ({ held: () => true, release: () => {} }),
    kill: (pid, signal) => {
      signals.push({ pid, signal })
      return true
    },
    mountOf: (path) => memoryMount(sys.read('/proc/self/mountinfo') ?? '', path, isThere(path)),
    read: (path, most) => map.get(path)?.slice(0, most) ?? null,
    readShort: (path) => map.get(path)?.slice(0, 4096) ?? null,
    readBytes: (path, offset, most) => {
      const text = map.get(path)
      return text === undefined ? null : new TextEncoder().encode(text).slice(offset, offset + most)
    },
    write: (path, text) => {
      map.set(path, text)
    },
    createExclusive: (path, text) => {
      if (map.has(path)) return false
      map.set(path, text)
      return true
    },
    extend: () => {},
    stat,
    readlink: () => null,
    list: (path) =>
      [...new Set(under(path).map((each) => each.slice(path.length + 1).split('/')[0] ?? ''))].sort(),
    mkdir: (path) => {
      if (isFolder(path)) return false
      folders.add(path)
      return true
    },
    rename: (from, to) => {
      if (!isThere(from)) throw new SysError('rename', from, ENOENT, 'no such file')
      for (const path of [from, ...under(from)]) {
        const text = map.get(path)
        if (text !== undefined) map.set(path.replace(from, to), text)
        if (folders.has(path)) folders.add(path.replace(from, to))
        map.delete(path)
        folders.delete(path)
      }
    },
    remove: (path) => (under(path).length > 0 ? false : map.delete(path) || folders.delete(path)),
    readInputLine: () => null,
    output: (text) => {
      outputs.push(text)
    },
    outputBytes: (bytes) => {
      outputs.push(new TextDecoder().decode(bytes))
      return true
    },
    every: () => {},
    exit: () => {},
  }
  return sys
}
