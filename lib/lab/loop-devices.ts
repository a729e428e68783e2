import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from './command.ts'

export type LoopDevice = {
  name: string
  device: string
  backInode: string
  backDevice: string
  backFile: string
}

const RELEASE_TIMEOUT_MS = 10_000
const POLL_MS = 25
/** How long the kernel gets to drop a device by itself after the last mount namespace that used it ended. */
const OWN_ACCORD_MS = 3_000

/** All loop devices in use on this machine; they are not namespaced. */
export async function loopDevices(): Promise<LoopDevice[]> {
  const columns = 'NAME,MAJ:MIN,BACK-INO,BACK-MAJ:MIN,BACK-FILE'
  const output = await run(['losetup', '--list', '--json', '--output', columns])
  if (!output.trim()) return []
  const { loopdevices } = JSON.parse(output) as { loopdevices: Record<string, string | number | null>[] }
  return loopdevices
    .filter((loop) => loop['back-file'] !== null)
    .map((loop) => ({
      name: String(loop.name),
      device: String(loop['maj:min']).trim(),
      backInode: String(loop['back-ino']),
      backDevice: String(loop['back-maj:min']).trim(),
      backFile: String(loop['back-file']),
    }))
}

/**
 * The loop devices on these files, and the ones on files in the file systems on those. Files are told by device and inode:
 * the path of a file that another mount namespace opened means nothing here.
 */
export async function loopDevicesOn(
  files: readonly string[],
): Promise<{ direct: LoopDevice[]; nested: LoopDevice[] }> {
  const all = await loopDevices()
  const wanted = new Set(files.flatMap(fileId))
  const direct = all.filter((loop) => wanted.has(`${loop.backDevice} ${loop.backInode}`))
  const nested = all.filter((loop) => direct.some((outer) => outer.device === loop.backDevice))
  return { direct, nested }
}

function fileId(file: string): string[] {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false })
  if (!stat) return []
  // Linux's dev_t, as stat(2) gives it: 12 bits of major above the low 8 of the minor.
  const major = (stat.dev >> 8n) & 0xfffn
  const minor = (stat.dev & 0xffn) | ((stat.dev >> 12n) & 0xfff00n)
  return [`${major}:${minor} ${stat.ino}`]
}

/**
 * Waits until no loop device is left on these files, detaching what stays. Only for a host that is off: devices that it attached
 * without "autoclear" outlive its processes, as nothing else on a machine knows that they are not wanted any more.
 */
export async function releaseLoopDevices(files: readonly string[]): Promise<void> {
  const start = Date.now()
  for (;;) {
    const { direct, nested } = await loopDevicesOn(files)
    if (direct.length + nested.length === 0) return
    const patience = Date.now() - start
    if (patience > RELEASE_TIMEOUT_MS)
      throw new Error(`Still attached: ${[...nested, ...direct].map((loop) => loop.name).join(', ')}`)
    for (const loop of nested) await detach(loop)
    if (nested.length === 0 && patience > OWN_ACCORD_MS) for (const loop of direct) await detach(loop)
    await sleep(POLL_MS)
  }
}

/** Gone already is as good: the next look tells. */
async function detach(loop: LoopDevice): Promise<void> {
  await run(['losetup', '--detach', loop.name]).catch(() => {})
}
