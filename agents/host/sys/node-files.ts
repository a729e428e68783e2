import { O_PATH, parseMountedOn } from './mounted-on.ts'
import type { Fs } from './node-builtin.ts'
import { EEXIST, ENOENT, type FileStat, SysError } from './sys.ts'

/** Runs a file operation; null when the thing is absent, `SysError` for every other failure. */
export function orNull<T>(operation: string, path: string, work: () => T): T | null {
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
    uid: found.uid,
    links: found.nlink,
  }
}

export function files(fs: Fs) {
  return {
    read: (path: string, most?: number) =>
      orNull('read', path, () => fs.readFileSync(path, 'utf8').slice(0, most)),
    readShort: (path: string) => orNull('read', path, () => fs.readFileSync(path, 'latin1').slice(0, 4096)),
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
    mountOf: (path: string) =>
      orNull('open', path, () => {
        const file = fs.openSync(path, O_PATH)
        try {
          return parseMountedOn(fs.readFileSync(`/proc/self/fdinfo/${file}`, 'utf8'), fs.fstatSync(file).dev)
        } finally {
          fs.closeSync(file)
        }
      }),
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
