/** What `qjs --std` puts into the global scope, as far as the agent uses it (QuickJS 2025-04-26, doc/quickjs.texi). */

interface QuickJsFile {
  puts(text: string): void
  readAsString(maxBytes?: number): string
  getline(): string | null
  flush(): void
  close(): number
}

interface QuickJsStat {
  dev: number
  mode: number
  size: number
  blocks: number
  mtime: number
  ino: number
  uid: number
  nlink: number
}

declare const std: {
  open(path: string, flags: string, error?: { errno?: number }): QuickJsFile | null
  fdopen(fd: number, flags: string, error?: { errno?: number }): QuickJsFile | null
  tmpfile(error?: { errno?: number }): QuickJsFile | null
  getenv(name: string): string | undefined
  setenv(name: string, value: string): void
  strerror(errno: number): string
  exit(code: number): never
  in: QuickJsFile
  out: QuickJsFile
  SEEK_SET: number
  SEEK_END: number
}

declare const os: {
  O_RDONLY: number
  O_WRONLY: number
  O_RDWR: number
  O_CREAT: number
  O_EXCL: number
  O_TRUNC: number
  WNOHANG: number
  S_IFMT: number
  S_IFREG: number
  S_IFDIR: number
  S_IFLNK: number
  open(path: string, flags: number, mode?: number): number
  close(fd: number): number
  dup(fd: number): number
  read(fd: number, buffer: ArrayBuffer, offset: number, length: number): number
  write(fd: number, buffer: ArrayBuffer, offset: number, length: number): number
  seek(fd: number, offset: number, whence: number): number
  pipe(): [number, number] | null
  exec(
    argv: string[],
    options: {
      block: boolean
      cwd?: string
      env?: Record<string, string>
      stdin?: number
      stdout?: number
      stderr?: number
    },
  ): number
  waitpid(pid: number, options: number): [number, number]
  kill(pid: number, signal: number): number
  signal(signal: number, handler: (() => void) | null | undefined): void
  getpid(): number
  isatty(fd: number): boolean
  sleep(milliseconds: number): void
  lstat(path: string): [QuickJsStat | null, number]
  stat(path: string): [QuickJsStat | null, number]
  readlink(path: string): [string, number]
  readdir(path: string): [string[], number]
  mkdir(path: string, mode: number): number
  rename(from: string, to: string): number
  remove(path: string): number
  setReadHandler(fd: number, handler: (() => void) | null): void
  setTimeout(handler: () => void, milliseconds: number): unknown
}
declare const scriptArgs: string[]
