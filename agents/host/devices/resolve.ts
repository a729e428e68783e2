/** Devices that a VE is to have, as the host has them now. Everything that makes one unfit is refused here, before a change. */
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeDevice } from '../../../lib/contract/ve-devices.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import type { Sys } from '../sys/sys.ts'
import { findSpec, storedVeids } from '../ve-store.ts'
import { type DeviceNumbers, deviceAt, kernelName, sameNumbers } from './device-numbers.ts'
import { blockUse, charUse, isClaimed, isRawDisk, isTty, withPartitions } from './device-use.ts'

export type ResolvedDevice = VeDevice & DeviceNumbers

/** Other file systems are mounted there in a VE, or they are its own already. */
const PLACES_OF_ITS_OWN = /^\/dev\/(pts|shm|mqueue|corral|fd)\//

/** Whoever may open these has the host: memory, ports, the kernel's log, its keyboard; what makes loop and device-mapper devices. */
const NEVER: readonly DeviceNumbers[] = [
  { type: 'c', major: 1, minor: 1 }, // mem
  { type: 'c', major: 1, minor: 2 }, // kmem
  { type: 'c', major: 1, minor: 4 }, // port
  { type: 'c', major: 1, minor: 11 }, // kmsg
  { type: 'c', major: 10, minor: 223 }, // uinput
  { type: 'c', major: 10, minor: 231 }, // snapshot
  { type: 'c', major: 10, minor: 234 }, // btrfs-control
  { type: 'c', major: 10, minor: 236 }, // mapper/control
  { type: 'c', major: 10, minor: 237 }, // loop-control
  { type: 'c', major: 10, minor: 239 }, // uhid
]
/** cpu/N/msr: the processors' registers. */
const MSR_MAJOR = 202

/** Every VE has these; net/tun and fuse are features, which come with more than the device. */
function isOrdinary({ type, major, minor }: DeviceNumbers): boolean {
  if (type !== 'c') return false
  if (major === 1) return [3, 5, 7, 8, 9].includes(minor)
  return (major === 5 && minor <= 2) || major === 136 || (major === 10 && [200, 229].includes(minor))
}

function refusal(index: number, text: string, code: 'invalid-input' | 'device-in-use'): Problem {
  return new Problem(code, text, { fields: { [`spec.devices.${index}.path`]: text } })
}

function resolve(sys: Sys, device: VeDevice, index: number): ResolvedDevice {
  const { path } = device
  const found = deviceAt(sys, path)
  if (found === null) throw refusal(index, `There is no ${path} on this host.`, 'invalid-input')
  if (found === 'other') throw refusal(index, `${path} is no device.`, 'invalid-input')
  if (isOrdinary(found))
    throw refusal(index, `${path} comes with a VE, or with a feature of it.`, 'invalid-input')
  if (PLACES_OF_ITS_OWN.test(path)) throw refusal(index, `${path} is each VE’s own.`, 'invalid-input')
  if (NEVER.some((each) => sameNumbers(each, found)) || (found.type === 'c' && found.major === MSR_MAJOR)) {
    throw refusal(index, `${path} would open the whole host.`, 'invalid-input')
  }
  const name = found.type === 'c' ? kernelName(sys, found) : null
  if (name !== null && isRawDisk(sys, name)) {
    throw refusal(index, `${path} reaches a disk past the host: give the disk itself.`, 'invalid-input')
  }
  return { ...device, ...found }
}

function hostUse(sys: Sys, device: ResolvedDevice, name: string | null): string | null {
  if (device.type === 'c') return name === null ? null : charUse(sys, name)
  const seen = name === null ? null : blockUse(sys, name)
  return seen ?? (isClaimed(sys, device.path) ? 'the kernel holds it, or a part of it' : null)
}

/** Disks and serial ports have one owner; others, such as /dev/kvm, are made to be shared. */
function overlap(sys: Sys, a: DeviceNumbers, b: DeviceNumbers): boolean {
  const [nameA, nameB] = [kernelName(sys, a), kernelName(sys, b)]
  if (a.type !== b.type || nameA === null || nameB === null) return false
  if (a.type === 'c') return sameNumbers(a, b) && isTty(sys, nameA)
  return withPartitions(sys, nameA).includes(nameB) || withPartitions(sys, nameB).includes(nameA)
}

/** The other VE that has it, by what is stored here. */
export function ownerOf(sys: Sys, device: DeviceNumbers, veid: number): number | null {
  const owner = storedVeids(sys).find((other) => {
    if (other === veid) return false
    return (findSpec(sys, other)?.devices ?? []).some(({ path }) => {
      const theirs = deviceAt(sys, path)
      return theirs !== null && theirs !== 'other' && overlap(sys, device, theirs)
    })
  })
  return owner ?? null
}

/** Throws `invalid-input` and `device-in-use`, naming the device; `unchecked` are those that the VE has already. */
export function resolveDevices(
  sys: Sys,
  { veid, devices }: Pick<VeSpec, 'veid' | 'devices'>,
  unchecked: readonly VeDevice[] = [],
): ResolvedDevice[] {
  return devices.map((device, index) => {
    const found = resolve(sys, device, index)
    if (unchecked.some(({ path }) => path === device.path)) return found
    const use = hostUse(sys, found, kernelName(sys, found))
    if (use !== null) throw refusal(index, `${device.path} is in use: ${use}.`, 'device-in-use')
    const owner = ownerOf(sys, found, veid)
    if (owner !== null) throw refusal(index, `${device.path} is granted to VE ${owner}.`, 'device-in-use')
    return found
  })
}
