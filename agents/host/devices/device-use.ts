/** What holds a device on the host: nobody may have it twice. */
import type { Sys } from '../sys/sys.ts'

const sysBlock = (name: string) => `/sys/class/block/${name}`

/** A disk and its partitions, or just the partition. */
export function withPartitions(sys: Sys, name: string): string[] {
  const parts = sys
    .list(sysBlock(name))
    .filter((child) => sys.stat(`${sysBlock(name)}/${child}/partition`) !== null)
  return [name, ...parts]
}

/** "8:17", as mountinfo and sysfs write it. */
function numbersOf(sys: Sys, name: string): string {
  return (sys.read(`${sysBlock(name)}/dev`) ?? '').trim()
}

/** By number, and by name: btrfs mounts under numbers of its own. */
function mountPoint(sys: Sys, name: string): string | null {
  const numbers = numbersOf(sys, name)
  for (const line of (sys.read('/proc/self/mountinfo') ?? '').split('\n')) {
    const [left = '', right = ''] = line.split(' - ')
    const fields = left.split(' ')
    if ((numbers !== '' && fields[2] === numbers) || right.split(' ')[1] === `/dev/${name}`)
      return fields[4] ?? null
  }
  return null
}

function isSwap(sys: Sys, name: string): boolean {
  return (sys.read('/proc/swaps') ?? '').split('\n').some((line) => line.startsWith(`/dev/${name} `))
}

function partUse(sys: Sys, name: string): string | null {
  const mounted = mountPoint(sys, name)
  if (mounted !== null) return `mounted on ${mounted}`
  if (isSwap(sys, name)) return 'swap of the host'
  const holder = sys.list(`${sysBlock(name)}/holders`)[0]
  if (holder !== undefined) return `part of ${holder}`
  const backing = sys.read(`${sysBlock(name)}/loop/backing_file`)?.trim() ?? ''
  return backing.startsWith('/vz/ve/') ? 'the disk of a VE' : null
}

/** `name` is the kernel's: "sdb", "sdb1", "dm-0". A disk is in use when one of its partitions is. */
export function blockUse(sys: Sys, name: string): string | null {
  for (const part of withPartitions(sys, name)) {
    const use = partUse(sys, part)
    if (use !== null) return part === name ? use : `${part} is ${use}`
  }
  return null
}

/** open(2), O_EXCL of a block device. Only that it is busy counts: a drive may be without a disc. */
const CLAIM = `
use strict; use Fcntl; use Errno;
exit 16 if !sysopen(my $device, $ARGV[0], O_RDONLY | O_EXCL | O_NONBLOCK) && $!{EBUSY};
`

/** The kernel's own word: mounted in whatever namespace, a member of btrfs, RAID or a map, or a disk of which a part is. */
export function isClaimed(sys: Sys, path: string): boolean {
  return sys.run(['perl', '-e', CLAIM, path]).code === 16
}

/** Character devices that pass commands on to a disk, whatever is mounted there and whichever partitions are whose. */
export function isRawDisk(sys: Sys, name: string): boolean {
  const isOf = (kind: string) => sys.stat(`/sys/class/${kind}/${name}`) !== null
  if (['nvme', 'nvme-generic', 'bsg'].some(isOf)) return true
  return sys.list(`/sys/class/scsi_generic/${name}/device/block`).length > 0
}

export function isTty(sys: Sys, name: string): boolean {
  return sys.stat(`/sys/class/tty/${name}`) !== null
}

export function charUse(sys: Sys, name: string): string | null {
  const consoles = (sys.read('/sys/class/tty/console/active') ?? '').trim().split(/\s+/)
  if (consoles.includes(name)) return 'the console of the host'
  return /^tty\d+$/.test(name) ? 'a screen of the host' : null
}
