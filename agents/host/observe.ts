import type { ObservedVe, VeTraffic } from '../../lib/contract/agent-protocol.ts'
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { machineOf } from './facts/machine.ts'
import { readLastExit } from './last-exit.ts'
import { readTraffic } from './network/traffic.ts'
import { veCgroup } from './paths.ts'
import { cgroupUsage } from './resources/cgroup.ts'
import { loadRuntime } from './runtime/load.ts'
import { loadStorage } from './storage/load.ts'
import { rescueOf } from './storage/rescue-disk.ts'
import { demandVeDirectory } from './storage/ve-directory.ts'
import type { Sys } from './sys/sys.ts'
import { findSpec, storedVeids } from './ve-store.ts'

const NOTHING = { inBytes: 0, outBytes: 0 }
const NO_TRAFFIC: VeTraffic = { base: NOTHING, live: NOTHING, series: null }

/** What turns the kernel's ticks since boot into a time: read once for all VEs. */
type BootClock = { bootedAt: number; ticksPerSecond: number }

/** USER_HZ, in which /proc counts ticks, is 100 on every architecture but Itanium. */
function readBootClock(sys: Sys): BootClock {
  const seconds = /^btime (\d+)$/m.exec(sys.read('/proc/stat') ?? '')?.[1]
  return {
    bootedAt: Number(seconds ?? 0) * 1000,
    ticksPerSecond: machineOf(sys) === 'ia64' ? 1024 : 100,
  }
}

/** A VE as the kernel shows it now. Reads files, and nft(8) for the traffic: once for all of them. */
export function observe(
  sys: Sys,
  spec: VeSpec,
  clock: BootClock = readBootClock(sys),
  traffic: ReadonlyMap<number, VeTraffic> = readTraffic(sys, [spec]),
): ObservedVe {
  const init = loadRuntime().init(sys, spec.veid)
  const common = {
    veid: spec.veid,
    uuid: spec.uuid,
    epoch: spec.epoch,
    fileSystem: null,
    beancounters: null,
    diskUsedBytes: loadStorage(spec.storage).usedBytes(sys, spec.veid),
    rescue: init !== null && rescueOf(sys, spec.veid) !== null,
    lastExit: readLastExit(sys, spec.veid),
    traffic: traffic.get(spec.veid) ?? NO_TRAFFIC,
  }
  if (init === null) {
    return {
      ...common,
      state: 'stopped',
      initPid: null,
      startedAt: null,
      memoryBytes: null,
      processes: null,
      cpuMicroseconds: null,
    }
  }
  const startedAt = clock.bootedAt + Math.round((init.startTicks * 1000) / clock.ticksPerSecond)
  return {
    ...common,
    state: 'running',
    initPid: init.pid,
    startedAt,
    ...cgroupUsage(sys, veCgroup(spec.veid)),
  }
}

/** Every VE that has been created here. Throws `storage-missing`. */
export function observeAll(sys: Sys): ObservedVe[] {
  demandVeDirectory(sys)
  const clock = readBootClock(sys)
  const specs = storedVeids(sys).flatMap((veid) => findSpec(sys, veid) ?? [])
  const traffic = readTraffic(sys, specs)
  return specs.map((spec) => observe(sys, spec, clock, traffic))
}
