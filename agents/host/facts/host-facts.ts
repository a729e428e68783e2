import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { archFromUname } from '../../../lib/contract/arch.ts'
import type { HostFacts } from '../../../lib/contract/host-facts.ts'
import { beancounterStatuses } from '../beancounters/status.ts'
import { cgroupVersion } from '../resources/cgroup.ts'
import type { Sys } from '../sys/sys.ts'
import { bootId } from './boot-id.ts'
import { deviceFacts, networkFacts } from './device-facts.ts'
import { machineOf } from './machine.ts'
import { countInRanges, cpuModel, fileSystemOf, meminfoBytes, pageBytes, parseOsRelease } from './parse.ts'
import { space } from './space.ts'
import { toolVersions } from './tools.ts'

/** `/vz` itself may not be there yet: then it would come to be on the file system of `/`. */
function vz(sys: Sys): HostFacts['vz'] {
  const path = sys.stat(HOST_PATHS.vz) === null ? '/' : HOST_PATHS.vz
  const { totalBytes, availableBytes } = space(sys, path)
  const fileSystem = fileSystemOf(sys.read('/proc/self/mountinfo') ?? '', path)
  return { fileSystem, totalBytes, freeBytes: availableBytes }
}

export function readHostFacts(sys: Sys): HostFacts {
  const text = (path: string) => (sys.read(path) ?? '').trim()
  const machine = machineOf(sys)
  const meminfo = text('/proc/meminfo')
  return {
    hostname: text('/proc/sys/kernel/hostname'),
    machineId: text('/etc/machine-id'),
    bootId: bootId(sys),
    machine,
    arch: archFromUname(machine),
    kernel: text('/proc/sys/kernel/osrelease'),
    pageBytes: pageBytes(text('/proc/self/smaps')),
    distribution: parseOsRelease(text('/etc/os-release')),
    cpus: countInRanges(text('/sys/devices/system/cpu/online')),
    cpuList: text('/sys/devices/system/cpu/online'),
    numaNodes: text('/sys/devices/system/node/online') || '0',
    cpuModel: cpuModel(text('/proc/cpuinfo')),
    memoryBytes: meminfoBytes(meminfo, 'MemTotal'),
    swapBytes: meminfoBytes(meminfo, 'SwapTotal'),
    cgroupVersion: cgroupVersion(sys),
    beancounters: beancounterStatuses(sys),
    vz: vz(sys),
    ...networkFacts(sys),
    devices: deviceFacts(sys),
    tools: toolVersions(sys),
  }
}
