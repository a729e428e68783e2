import { HOST_PATHS } from '../contract/agent-protocol.ts'
import type { EngineHost } from './engine-host.ts'

/**
 * The peer of a VE: the same image on the lab host, copied, grown and mounted through a loop device as a VE's disk is, and
 * its programs run by chroot(8) in it, with the host's own namespaces, users, control group and system calls. So the same
 * programs work on the same storage stack, and what differs is what makes a VE. /vz of the host is at /vz in it.
 */
const AT = '/mnt/bench'

const MOUNT = `set -e
mkdir -p ${AT} /vz/bench
cp --reflink=auto "$1" /vz/bench/disk.img
truncate -s "$2" /vz/bench/disk.img
resize2fs -f /vz/bench/disk.img
mount -t ext4 -o loop,nodev,noinit_itable,errors=remount-ro /vz/bench/disk.img ${AT}
mkdir -p ${AT}/vz /vz/bench/plain
mount --bind /vz/bench/plain ${AT}/vz
mount -t proc proc ${AT}/proc
mount --rbind /dev ${AT}/dev
mount --make-rslave ${AT}/dev`

const UNMOUNT = `umount -R ${AT} && rm -r ${AT} /vz/bench`

export type BareRoot = {
  /** A program of the image, on the host; gives what it printed. Throws what it complained of. */
  run(command: readonly string[]): Promise<string>
  /** The same in a network namespace that `ip netns` made. */
  runIn(namespace: string, command: readonly string[]): Promise<string>
  unmount(): Promise<void>
}

export async function mountBareRoot({ shell, template }: EngineHost, diskBytes: number): Promise<BareRoot> {
  const image = `${HOST_PATHS.templateCache}/${template.cache}.img`
  await shell(['sh', '-c', MOUNT, 'mount', image, String(diskBytes)])
  return {
    run: (command) => shell(['chroot', AT, ...command]),
    runIn: (namespace, command) => shell(['ip', 'netns', 'exec', namespace, 'chroot', AT, ...command]),
    unmount: async () => {
      await shell(['sh', '-c', UNMOUNT])
    },
  }
}
