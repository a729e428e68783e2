import type { VeDevice } from '../../../lib/contract/ve-devices.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import type { Sys } from '../sys/sys.ts'
import { EXAMPLE_SPEC } from './example-spec.ts'
import { type MemorySys, memorySys } from './memory-sys.ts'

const NODES: Record<string, string> = {
  '/dev/sdb': 'block special file|8|10',
  '/dev/sdb1': 'block special file|8|11',
  '/dev/disk/by-id/data': 'block special file|8|11',
  '/dev/ttyS0': 'character special file|4|40',
  '/dev/ttyS1': 'character special file|4|41',
  '/dev/mem': 'character special file|1|1',
  '/dev/null': 'character special file|1|3',
  '/dev/uinput': 'character special file|a|df',
  '/dev/cpu/1/msr': 'character special file|ca|1',
  '/dev/sg0': 'character special file|15|0',
  '/dev/sg1': 'character special file|15|1',
  '/dev/nvme0': 'character special file|f0|0',
  '/dev/tty3': 'character special file|4|3',
  '/dev/kvm': 'character special file|a|e8',
  '/dev/file': 'regular file|0|0',
}
const LINKS: Record<string, string> = {
  '/sys/dev/block/8:16': '../../devices/x/block/sdb',
  '/sys/dev/block/8:17': '../../devices/x/block/sdb/sdb1',
  '/sys/dev/char/4:64': '../../devices/x/tty/ttyS0',
  '/sys/dev/char/4:65': '../../devices/x/tty/ttyS1',
  '/sys/dev/char/21:0': '../../devices/x/scsi_generic/sg0',
  '/sys/dev/char/21:1': '../../devices/x/scsi_generic/sg1',
  '/sys/dev/char/240:0': '../../devices/x/nvme/nvme0',
  '/sys/dev/char/4:3': '../../devices/virtual/tty/tty3',
  '/sys/dev/char/10:232': '../../devices/virtual/misc/kvm',
}
const HOST = {
  '/proc/sys/kernel/arch': 'x86_64\n',
  '/sys/class/block/sdb/dev': '8:16\n',
  '/sys/class/block/sdb/sdb1/partition': '1\n',
  '/sys/class/block/sdb1/dev': '8:17\n',
  '/sys/class/tty/ttyS0/dev': '4:64\n',
  '/sys/class/tty/ttyS1/dev': '4:65\n',
  '/sys/class/tty/console/active': 'tty0 ttyS0\n',
  '/sys/class/scsi_generic/sg0/device/block/sdb/dev': '8:16\n',
  '/sys/class/scsi_generic/sg1/device/type': '1\n',
  '/sys/class/nvme/nvme0/dev': '240:0\n',
  '/sys/fs/cgroup/devices/corral/ve101/devices.list': '',
}

export type DeviceHost = MemorySys & { writes: [string, string][]; held: Set<string> }

export const DEVICES = '/run/corral/ve/101/host/dev'

/**
 * A host on which mknod makes nodes, and what is written into control files is kept in order. Nodes in `held` stay on their file
 * system when they are removed.
 */
export function deviceHost(files: Record<string, string> = {}): DeviceHost {
  const nodes = new Map(Object.entries(NODES))
  const held = new Set<string>()
  const orphans = new Set<string>()
  const namesBelow = (path: string): number =>
    sys.list(path).reduce((sum, name) => sum + 1 + namesBelow(`${path}/${name}`), 0)
  const inodes = () => 1 + namesBelow(DEVICES) + orphans.size
  const sys = memorySys({ ...HOST, ...files }, (argv) => {
    if (argv[1] === '--file-system') return { stdout: `1000 ${1000 - inodes()}\n` }
    if (argv[0] === 'stat')
      return { stdout: nodes.get(argv[4] ?? '') ?? '', code: nodes.has(argv[4] ?? '') ? 0 : 1 }
    if (argv[0] === 'mknod') {
      const [path = '', type, major, minor] = argv.slice(3)
      const hex = (number?: string) => Number(number).toString(16)
      nodes.set(path, `${type === 'b' ? 'block' : 'character'} special file|${hex(major)}|${hex(minor)}`)
      sys.files.set(path, '')
    }
    return undefined
  })
  const writes: [string, string][] = []
  const { write, remove } = sys
  const more: Partial<Sys> = {
    readlink: (path) => LINKS[path] ?? null,
    write: (path, text) => {
      writes.push([path.slice(path.lastIndexOf('/') + 1), text])
      write(path, text)
    },
    remove: (path) => {
      if (nodes.delete(path) && held.has(path)) orphans.add(path)
      return remove(path)
    },
  }
  return Object.assign(sys, more, { writes, held })
}

/** Of VE 101. */
export const deviceSpec = (devices: VeDevice[], veid = 101): VeSpec => ({ ...EXAMPLE_SPEC, veid, devices })
/** /dev/sdb1, to read. */
export const partition: VeDevice = { path: '/dev/disk/by-id/data', access: 'r' }
/** Where VE 101 gets it. */
export const NODE = `${DEVICES}/disk/by-id/data`
