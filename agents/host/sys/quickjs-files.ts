import { O_PATH, parseMountedOn } from './mounted-on.ts'
import { EEXIST, ENOENT, type FileStat, type MountedOn, SysError } from './sys.ts'

const EINVAL = 22

function fail(operation: string, path: string, negativeErrno: number): never {
  throw new SysError(operation, path, -negativeErrno, std.strerror(-negativeErrno))
}

function openOrFail(path: string, flags: number, mode?: number): number {
  const fd = os.open(path, flags, mode)
  if (fd < 0) fail('open', path, fd)
  return fd
}

/** Through stdio, since `std.loadFile` asks for the size first and /proc says 0. */
export function read(path: string, most?: number): string | null {
  const error: { errno?: number } = {}
  const file = std.open(path, 'r', error)
  if (file === null) {
    if (error.errno === ENOENT) return null
    return fail('open', path, -(error.errno ?? 0))
  }
  const text = most === undefined ? file.readAsString() : file.readAsString(most)
  file.close()
  return text
}

const short = new Uint8Array(4096)

export function readShort(path: string): string | null {
  const fd = os.open(path, os.O_RDONLY)
  if (fd === -ENOENT) return null
  if (fd < 0) fail('open', path, fd)
  const length = os.read(fd, short.buffer as ArrayBuffer, 0, short.length)
  os.close(fd)
  if (length < 0) fail('read', path, length)
  return String.fromCharCode.apply(null, short.subarray(0, length) as unknown as number[])
}

export function readBytes(path: string, offset: number, most: number): Uint8Array | null {
  const fd = os.open(path, os.O_RDONLY)
  if (fd === -ENOENT) return null
  if (fd < 0) fail('open', path, fd)
  const buffer = new ArrayBuffer(most)
  os.seek(fd, offset, std.SEEK_SET)
  const length = os.read(fd, buffer, 0, most)
  os.close(fd)
  if (length < 0) fail('read', path, length)
  return new Uint8Array(buffer, 0, length)
}

/** One write(2) where the text allows it: /proc and cgroup files take their value whole. stdio's close tells of errors. */
function writeAndClose(path: string, fd: number, text: string): void {
  const file = std.fdopen(fd, 'w')
  if (file === null) fail('fdopen', path, -EINVAL)
  file.puts(text)
  const closed = file.close()
  if (closed < 0) fail('write', path, closed)
}

export function write(path: string, text: string, mode = 0o600): void {
  writeAndClose(path, openOrFail(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), text)
}

export function createExclusive(path: string, text: string, mode: number): boolean {
  const fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
  if (fd === -EEXIST) return false
  if (fd < 0) fail('create', path, fd)
  writeAndClose(path, fd, text)
  return true
}

/** QuickJS has no ftruncate: a byte written at the end does it. */
export function extend(path: string, sizeBytes: number): void {
  const fd = openOrFail(path, os.O_RDWR)
  os.seek(fd, sizeBytes - 1, std.SEEK_SET)
  const written = os.write(fd, new ArrayBuffer(1), 0, 1)
  os.close(fd)
  if (written < 0) fail('extend', path, written)
}

export function stat(path: string): FileStat | null {
  const [found, errno] = os.lstat(path)
  if (found === null) {
    if (errno === ENOENT || errno === 20) return null
    return fail('lstat', path, -errno)
  }
  const type = found.mode & os.S_IFMT
  const kind =
    type === os.S_IFREG
      ? 'file'
      : type === os.S_IFDIR
        ? 'directory'
        : type === os.S_IFLNK
          ? 'symlink'
          : 'other'
  return {
    kind,
    sizeBytes: found.size,
    diskBytes: found.blocks * 512,
    modifiedAt: found.mtime,
    inode: found.ino,
    mode: found.mode & 0o7777,
    uid: found.uid,
    links: found.nlink,
  }
}

export function mountOf(path: string): MountedOn | null {
  const fd = os.open(path, O_PATH)
  if (fd === -ENOENT) return null
  if (fd < 0) return fail('open', path, fd)
  const fdinfo = readShort(`/proc/self/fdinfo/${fd}`)
  const [found] = os.stat(`/proc/self/fd/${fd}`)
  os.close(fd)
  return fdinfo === null || found === null ? null : parseMountedOn(fdinfo, found.dev)
}

export function readlink(path: string): string | null {
  const [target, errno] = os.readlink(path)
  return errno === 0 ? target : null
}

export function list(path: string): string[] {
  const [names] = os.readdir(path)
  return names.filter((name) => name !== '.' && name !== '..').sort()
}

export function mkdir(path: string, mode: number): boolean {
  const result = os.mkdir(path, mode)
  if (result === -EEXIST) return false
  if (result < 0) fail('mkdir', path, result)
  return true
}

export function rename(from: string, to: string): void {
  const result = os.rename(from, to)
  if (result < 0) fail('rename', from, result)
}

export function remove(path: string): boolean {
  return os.remove(path) >= 0
}
