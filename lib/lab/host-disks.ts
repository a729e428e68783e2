import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { run } from './command.ts'
import type { FileSystem } from './lab-state.ts'

/** Room for what a host writes over the shared userland; the file is sparse. */
const SYSTEM_BYTES = 8 * 1024 ** 3

const MAKE: Record<FileSystem, readonly string[]> = {
  xfs: ['mkfs.xfs', '-q', '-m', 'reflink=1'],
  btrfs: ['mkfs.btrfs', '-q'],
  ext4: ['mkfs.ext4', '-q'],
}

export const diskImages = (dir: string) => [path.join(dir, 'system.img'), path.join(dir, 'vz.img')]

/** Makes what a host keeps while it is off: system disk, /vz, host key. What is there stays as it is. */
export async function ensureDisks(dir: string, fileSystem: FileSystem, vzBytes: number): Promise<void> {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const [system = '', vz = ''] = diskImages(dir)
  await ensureDisk(system, 'ext4', SYSTEM_BYTES)
  await ensureDisk(vz, fileSystem, vzBytes)
  await ensureKey(path.join(dir, 'keys'), 'ssh_host_ed25519_key')
}

/** Under another name until its file system is whole. */
async function ensureDisk(file: string, fileSystem: FileSystem, bytes: number): Promise<void> {
  if (existsSync(file)) return
  const unfinished = `${file}.unfinished`
  rmSync(unfinished, { force: true })
  await writeFile(unfinished, '')
  await truncate(unfinished, bytes)
  await run([...MAKE[fileSystem], unfinished])
  renameSync(unfinished, file)
}

/** An Ed25519 key pair `name` in its own directory. */
export async function ensureKey(dir: string, name: string): Promise<void> {
  if (existsSync(dir)) return
  const unfinished = `${dir}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path.join(unfinished, name)])
  renameSync(unfinished, dir)
}

/** `SHA256:…`, as ssh shows it to a person. */
export async function keyFingerprint(publicKeyFile: string): Promise<string> {
  const fingerprint = (await run(['ssh-keygen', '-l', '-f', publicKeyFile])).split(' ')[1]
  if (!fingerprint) throw new Error(`ssh-keygen gave no fingerprint for ${publicKeyFile}`)
  return fingerprint
}
