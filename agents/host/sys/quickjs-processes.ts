import type { Holder, RunOptions, RunResult, Started, StartOptions } from './sys.ts'

const SIGKILL = 9

/** Waits; 128 + n when signal n ended it, as a shell says it. */
export function waitFor(pid: number): number {
  return codeOf(os.waitpid(pid, 0)[1])
}

function codeOf(status: number): number {
  const signal = status & 0x7f
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal
}

/** Reads what a program wrote into a temporary file, from its start and at most so many bytes, and closes it. */
export function drain(fd: number, bytes?: number): string {
  os.seek(fd, 0, std.SEEK_SET)
  const file = std.fdopen(fd, 'r')
  if (file === null) return ''
  const text = bytes === undefined ? file.readAsString() : file.readAsString(bytes)
  file.close()
  return text
}

let counter = 0

/** An open file without a name. Programs write there instead of into pipes, so that no full pipe can block anybody. */
export function unnamedFile(): number {
  counter += 1
  for (const folder of ['/run', '/tmp']) {
    const path = `${folder}/.corral-${os.getpid()}-${counter}`
    const fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    if (fd >= 0) {
      os.remove(path)
      return fd
    }
  }
  throw new Error('No temporary file can be made in /run or /tmp.')
}

export function pipe(): [number, number] {
  const ends = os.pipe()
  if (ends === null) throw new Error('pipe failed')
  return ends
}

/** Writes all of it and closes. The reader's output goes to a file, so it cannot wait for us. */
function feed(fd: number, text: string): void {
  const file = std.fdopen(fd, 'w')
  file?.puts(text)
  file?.close()
}

export function spawn(argv: readonly string[], options: RunOptions, fds: [number, number, number]): number {
  const pid = os.exec([...argv], {
    block: false,
    stdin: fds[0],
    stdout: fds[1],
    stderr: fds[2],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
  })
  if (pid < 0) throw new Error(`cannot fork: ${std.strerror(-pid)}`)
  return pid
}

/** Starts a process that writes the text to a pipe, for readers that may never come. Closes our end. Gives its pid. */
export function feederOf(feedEnd: number, text: string): number {
  const source = unnamedFile()
  const file = std.fdopen(os.dup(source), 'w')
  file?.puts(text)
  file?.close()
  os.seek(source, 0, std.SEEK_SET)
  const nothing = os.open('/dev/null', os.O_WRONLY)
  const pid = spawn(['cat'], {}, [source, feedEnd, nothing])
  for (const fd of [nothing, source, feedEnd]) os.close(fd)
  return pid
}

const ATTACHED_POLL_MS = 100

/** Runs a program on this process's own terminal, to its end. */
export function runAttached(argv: readonly string[], onHangup: () => void): number {
  const pid = spawn(argv, {}, [0, 1, 2])
  while (os.isatty(0)) {
    const [found, status] = os.waitpid(pid, os.WNOHANG)
    if (found === pid) return codeOf(status)
    os.sleep(ATTACHED_POLL_MS)
  }
  onHangup()
  os.kill(pid, SIGKILL)
  return waitFor(pid)
}

export function runInPlace(argv: readonly string[]): number {
  return waitFor(spawn(argv, {}, [0, 1, 2]))
}

function runStreaming(
  argv: readonly string[],
  options: RunOptions,
  onLine: (line: string) => void,
): RunResult {
  const [readEnd, writeEnd] = pipe()
  const nothing = os.open('/dev/null', os.O_RDONLY)
  const pid = spawn(argv, options, [nothing, writeEnd, writeEnd])
  os.close(nothing)
  os.close(writeEnd)
  const lines = std.fdopen(readEnd, 'r')
  for (let line = lines?.getline(); line !== null && line !== undefined; line = lines?.getline()) onLine(line)
  lines?.close()
  return { code: waitFor(pid), stdout: '', stderr: '' }
}

export function run(argv: readonly string[], options: RunOptions = {}): RunResult {
  if (options.onLine !== undefined) return runStreaming(argv, options, options.onLine)
  return start(argv, options).wait()
}

export function start(argv: readonly string[], options: StartOptions = {}): Started {
  const [input, feedEnd] =
    options.stdin === undefined ? [os.open('/dev/null', os.O_RDONLY), undefined] : pipe()
  const file = options.outputFile
  const stdout =
    file === undefined ? unnamedFile() : os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
  const stderr = file === undefined ? unnamedFile() : stdout
  const pid = spawn(argv, options, [input, stdout, stderr])
  os.close(input)
  if (feedEnd !== undefined) feed(feedEnd, options.stdin ?? '')
  return {
    wait: () => {
      const code = waitFor(pid)
      const text = drain(stdout)
      return { code, stdout: text, stderr: stderr === stdout ? text : drain(stderr) }
    },
  }
}

export function hold(argv: readonly string[]): Holder {
  const [input, feedEnd] = pipe()
  const [answer, output] = pipe()
  const nothing = os.open('/dev/null', os.O_WRONLY)
  const pid = spawn(argv, {}, [input, output, nothing])
  os.close(nothing)
  os.close(input)
  os.close(output)
  const byte = new ArrayBuffer(1)
  os.write(feedEnd, byte, 0, 1)
  return {
    held: () => os.read(answer, byte, 0, 1) === 1,
    release: () => {
      os.close(feedEnd)
      os.close(answer)
      os.waitpid(pid, 0)
    },
  }
}
