/** The directory that backups are kept in: the host's root's alone, and the very one that the panel means. */
import type { BackupPlace } from '../../../lib/contract/backups.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { formatBytes, MIB } from '../../../lib/contract/units.ts'
import { space } from '../facts/space.ts'
import { readJson, replaceFile } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

const MARK = 'corral-backups.json'
const SPARE_BYTES = 256 * MIB
const WRITABLE_BY_OTHERS = 0o022

/** What the system lives on, and what is Corral's own. */
const NOT_BELOW = ['/boot', '/dev', '/etc', '/proc', '/run', '/sys', '/usr', '/var/lib/corral']
const NOT_BELOW_VZ = ['/vz/ve', '/vz/template']

const isBelow = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`)

const unfit = (text: string) => new Problem('invalid-input', text, { fields: { 'store.path': text } })

/** Whoever could write into one of them could put something else in its place. Throws `invalid-input`. */
function refuseUnsafe(sys: Sys, path: string): void {
  if ([...NOT_BELOW, ...NOT_BELOW_VZ].some((folder) => isBelow(path, folder)))
    throw unfit(`${path} is the system’s own: choose another directory.`)
  const parts = path.split('/').slice(1)
  for (let count = 1; count <= parts.length; count += 1) {
    const each = `/${parts.slice(0, count).join('/')}`
    const stat = sys.stat(each)
    if (stat === null) return
    if (stat.kind !== 'directory') throw unfit(`${each} is no directory.`)
    if (stat.uid !== 0 || (stat.mode & WRITABLE_BY_OTHERS) !== 0)
      throw unfit(`Others than root may write to ${each}.`)
  }
}

type Mark = { id: string }

/** Throws `backup-store-missing`: the file system that it is on is not mounted, perhaps. */
export function demandStore(sys: Sys, { id, path }: BackupPlace): void {
  refuseUnsafe(sys, path)
  if (readJson<Mark>(sys, `${path}/${MARK}`)?.id === id) return
  const text = 'The backups are not where they were kept: what they are on may not be mounted.'
  throw new Problem('backup-store-missing', text, { context: { path } })
}

/** Made already is no error. Throws `invalid-input` of a directory with something else in it. */
export function makeStore(sys: Sys, { id, path }: BackupPlace): void {
  refuseUnsafe(sys, path)
  const known = readJson<Mark>(sys, `${path}/${MARK}`)
  if (known?.id === id) return
  if (known !== null) throw unfit(`${path} is another store of backups.`)
  if (sys.list(path).some((name) => name !== 'lost+found')) throw unfit(`${path} is not empty.`)
  mustRun(sys, ['mkdir', '-p', '-m', '700', path])
  mustRun(sys, ['chmod', '700', path])
  replaceFile(sys, `${path}/${MARK}`, JSON.stringify({ id } satisfies Mark))
  mustRun(sys, ['sync', `${path}/${MARK}`, path])
}

export function noRoom(sys: Sys, { path }: BackupPlace): Problem {
  const free = formatBytes(space(sys, path).availableBytes)
  return new Problem('no-disk-space', `Only ${free} are free in the store.`, { context: { path } })
}

/** As much as if nothing of it could be compressed. Throws `no-disk-space`. */
export function refuseFullStore(sys: Sys, store: BackupPlace, bytes: number): void {
  if (space(sys, store.path).availableBytes < bytes + SPARE_BYTES) throw noRoom(sys, store)
}

export type BackupPaths = {
  folder: string
  /** While it is made, by this VE; and while it goes. */
  unfinished: string
  leaving: string
}

export function backupPaths({ path }: BackupPlace, id: string, veid: number): BackupPaths {
  const folder = `${path}/${id}`
  return { folder, unfinished: `${folder}.${veid}.new`, leaving: `${folder}.gone` }
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** Of those that are whole. */
export const backupIds = (sys: Sys, { path }: BackupPlace) => sys.list(path).filter((name) => ID.test(name))

function removeFolder(sys: Sys, folder: string): void {
  if (sys.stat(folder) !== null) mustRun(sys, ['rm', '-rf', '--one-file-system', folder])
}

/** What a VE's backup that was cut short has left; nothing else of that VE's is under way. */
export function clearUnfinished(sys: Sys, { path }: BackupPlace, veid: number): void {
  for (const name of sys.list(path)) if (name.endsWith(`.${veid}.new`)) removeFolder(sys, `${path}/${name}`)
}

/** What was being taken away. */
export function clearLeaving(sys: Sys, { path }: BackupPlace): void {
  for (const name of sys.list(path)) if (name.endsWith('.gone')) removeFolder(sys, `${path}/${name}`)
}

/** It has no name any more before the first of it goes. */
export function removeBackup(sys: Sys, { path }: BackupPlace, id: string): void {
  const folder = `${path}/${id}`
  if (sys.stat(folder) !== null) sys.rename(folder, `${folder}.gone`)
  for (const name of sys.list(path)) if (name.startsWith(`${id}.`)) removeFolder(sys, `${path}/${name}`)
  mustRun(sys, ['sync', path])
}
