/** Devices and network devices of a host that may be given to VEs, and what holds those that may not. */
import type { HostFacts } from '../../../lib/contract/host-facts.ts'
import { blockUse, charUse } from '../devices/device-use.ts'
import { holdOfLink, hostLinks, isBridge } from '../devices/host-links.ts'
import { VE_END } from '../devices/network-device-use.ts'
import type { Sys } from '../sys/sys.ts'
import { findSpec, storedVeids } from '../ve-store.ts'
import { hasProgram } from './tools.ts'

type Device = HostFacts['devices'][number]

const BLOCK = '/sys/class/block'
const BY_ID = '/dev/disk/by-id'
/** The kernel counts a block device's size in these, whatever the disk does. */
const SECTOR_BYTES = 512
/** Loop devices are where VEs' disks are; memory is no device to hand out; optical drives without a disc have no size. */
const INNER = /^(loop|ram|zram|nbd|fd|sr)\d+$/
/** Names that say least about the disk, used when there is no other. */
const POOR_ID = /^(wwn|nvme-eui|nvme-nvme|dm-uuid|lvm-pv|md-uuid|scsi-3)/

/** What a device is called for good: its name in /dev may be another's after the next boot. */
function idNames(sys: Sys): Map<string, string> {
  const names = new Map<string, string>()
  const ids = sys.list(BY_ID)
  for (const id of [
    ...ids.filter((each) => !POOR_ID.test(each)),
    ...ids.filter((each) => POOR_ID.test(each)),
  ]) {
    const name = sys.readlink(`${BY_ID}/${id}`)?.split('/').pop()
    if (name !== undefined && !names.has(name)) names.set(name, `${BY_ID}/${id}`)
  }
  return names
}

/** LVM and other mapped devices have a name that stays. */
function pathOf(sys: Sys, name: string, ids: ReadonlyMap<string, string>): string {
  const mapped = sys.read(`${BLOCK}/${name}/dm/name`)?.trim()
  return mapped ? `/dev/mapper/${mapped}` : (ids.get(name) ?? `/dev/${name}`)
}

function blockDevices(sys: Sys): Device[] {
  const ids = idNames(sys)
  return sys.list(BLOCK).flatMap((name): Device[] => {
    const sectors = Number(sys.read(`${BLOCK}/${name}/size`) ?? 0)
    if (INNER.test(name) || !(sectors > 0) || sys.stat(`/dev/${name}`) === null) return []
    const common = { path: pathOf(sys, name, ids), type: 'block' as const, sizeBytes: sectors * SECTOR_BYTES }
    return [{ ...common, usedFor: blockUse(sys, name) }]
  })
}

/** Serial ports that are there (the kernel lists ttyS0…3 whether or not: those have type 0), and what else is worth granting. */
function charNames(sys: Sys): string[] {
  const ttys = sys.list('/sys/class/tty').filter((name) => {
    if (/^ttyS\d+$/.test(name)) return Number(sys.read(`/sys/class/tty/${name}/type`) ?? 0) !== 0
    return /^tty(USB|ACM|AMA|HV|hvc)\w*\d+$|^hvc\d+$/.test(name)
  })
  const others = ['kvm', 'vhost-net', 'vhost-vsock', 'hwrng'].filter(
    (name) => sys.stat(`/dev/${name}`) !== null,
  )
  const cameras = sys.list('/sys/class/video4linux')
  return [...ttys, ...cameras, ...others].filter((name) => sys.stat(`/dev/${name}`) !== null)
}

function charDevices(sys: Sys): Device[] {
  return charNames(sys).map((name) => ({
    ...{ path: `/dev/${name}`, type: 'char', sizeBytes: null },
    usedFor: charUse(sys, name),
  }))
}

type Granted = { devices: Map<string, number>; networkDevices: Map<string, number> }

function granted(sys: Sys): Granted {
  const found: Granted = { devices: new Map(), networkDevices: new Map() }
  for (const veid of storedVeids(sys)) {
    const spec = findSpec(sys, veid)
    for (const { path } of spec?.devices ?? []) found.devices.set(path, veid)
    for (const { device } of spec?.networkDevices ?? []) found.networkDevices.set(device, veid)
  }
  return found
}

const grantedTo = (veid: number | undefined) => (veid === undefined ? null : `granted to VE ${veid}`)

export function deviceFacts(sys: Sys): HostFacts['devices'] {
  const { devices } = granted(sys)
  return [...blockDevices(sys), ...charDevices(sys)].map((device) => ({
    ...device,
    usedFor: device.usedFor ?? grantedTo(devices.get(device.path)),
  }))
}

/** Those that a VE has now are in its namespace, out of sight; the spec says so. */
export function networkFacts(sys: Sys): Pick<HostFacts, 'bridges' | 'networkDevices'> {
  const given = granted(sys).networkDevices
  // A host that is only being enrolled may lack ip(8).
  const all = hasProgram(sys, 'ip') ? hostLinks(sys) : []
  const links = all.filter(({ ifname, link_type }) => link_type !== 'loopback' && !VE_END.test(ifname))
  const seen = links
    .filter(({ ifname }) => !isBridge(sys, ifname))
    .map((link) => ({
      name: link.ifname,
      mac: link.address ?? '',
      usedFor: holdOfLink(sys, link) ?? grantedTo(given.get(link.ifname)),
    }))
  const away = [...given]
    .filter(([name]) => !links.some(({ ifname }) => ifname === name))
    .map(([name, veid]) => ({ name, mac: '', usedFor: grantedTo(veid) }))
  const bridges = links.map(({ ifname }) => ifname).filter((name) => isBridge(sys, name))
  return { bridges, networkDevices: [...seen, ...away] }
}
