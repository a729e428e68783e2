import type { ObservedVe, VeTraffic } from '../../lib/contract/agent-protocol.ts'
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import {
  type CounterMemory,
  keepRecords,
  lookAtAll,
  newMemory,
  type RunningVe,
  readingsOf,
  type VeMemory,
} from './beancounters/sample.ts'
import { type CheckpointMeta, readCheckpoint } from './checkpoint/checkpoint-meta.ts'
import { machineOf } from './facts/machine.ts'
import { readLastExit } from './last-exit.ts'
import { readTraffic } from './network/traffic.ts'
import { loadRuntime } from './runtime/load.ts'
import type { RunningInit } from './runtime/runtime.ts'
import type { DiskUse } from './storage/driver.ts'
import { rescueOf } from './storage/rescue-disk.ts'
import { readDiskUse } from './storage/use.ts'
import { demandVeDirectory } from './storage/ve-directory.ts'
import { startTicks } from './sys/process-identity.ts'
import type { Sys } from './sys/sys.ts'
import { findSpecs } from './ve-store.ts'

const NOTHING = { inBytes: 0, outBytes: 0 }
const NO_TRAFFIC: VeTraffic = { base: NOTHING, live: NOTHING, series: null }

const NO_DISK: DiskUse = { diskUsedBytes: null, fileSystem: null }

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

/** What was read once for all VEs. */
type Round = {
  clock: BootClock
  traffic: ReadonlyMap<number, VeTraffic>
  disks: ReadonlyMap<number, DiskUse>
  counters: CounterMemory
}

type Seen = { spec: VeSpec; init: RunningInit | null }

/** By the numbers that count against its limits: what is not read twice is also never at odds. */
function usage(known: VeMemory) {
  const beancounters = readingsOf(known)
  return {
    memoryBytes: beancounters.physpages.held,
    processes: beancounters.numproc.held,
    cpuMicroseconds: known.cpu,
    beancounters,
  }
}

const NO_USAGE = { memoryBytes: null, processes: null, cpuMicroseconds: null, beancounters: null }

function stateOf(init: RunningInit | null, checkpoint: CheckpointMeta | null): ObservedVe['state'] {
  if (init !== null) return 'running'
  return checkpoint === null ? 'stopped' : 'hibernated'
}

function observed(sys: Sys, { spec, init }: Seen, { clock, traffic, disks, counters }: Round): ObservedVe {
  const { veid, uuid, epoch } = spec
  const known = counters.ves.get(veid)
  const checkpoint = init === null ? readCheckpoint(sys, veid) : null
  return {
    ...{ veid, uuid, epoch },
    state: stateOf(init, checkpoint),
    initPid: init?.pid ?? null,
    startedAt:
      init === null ? null : clock.bootedAt + Math.round((init.startTicks * 1000) / clock.ticksPerSecond),
    ...(known === undefined ? NO_USAGE : usage(known)),
    ...(disks.get(veid) ?? NO_DISK),
    rescue: init !== null && rescueOf(sys, veid) !== null,
    lastExit: readLastExit(sys, veid),
    checkpoint: checkpoint && { at: checkpoint.at, bytes: checkpoint.bytes },
    traffic: traffic.get(veid) ?? NO_TRAFFIC,
  }
}

const isRunning = (seen: Seen): seen is RunningVe => seen.init !== null

/** One that was seen to run runs as long as its init does. */
function initOf(sys: Sys, { veid }: VeSpec, { ves }: CounterMemory): RunningInit | null {
  const known = ves.get(veid)?.init
  const isSame = known !== undefined && startTicks(sys, known.pid) === known.startTicks
  return isSame ? known : loadRuntime().init(sys, veid)
}

/** These VEs as the kernel shows them now. Reads files, and asks nft(8) for the traffic and others for the disks: once for all of them. */
function look(
  sys: Sys,
  specs: readonly VeSpec[],
  counters: CounterMemory,
): { ves: ObservedVe[]; running: RunningVe[] } {
  const seen = specs.map((spec) => ({ spec, init: initOf(sys, spec, counters) }))
  const running = seen.filter(isRunning)
  lookAtAll(sys, counters, running)
  const round = {
    clock: readBootClock(sys),
    traffic: readTraffic(sys, specs),
    disks: readDiskUse(sys, specs),
    counters,
  }
  return { ves: seen.map((each) => observed(sys, each, round)), running }
}

export function observe(sys: Sys, spec: VeSpec): ObservedVe {
  const counters = newMemory(false)
  const [ve] = look(sys, [spec], counters).ves
  keepRecords(sys, counters)
  return ve as ObservedVe
}

/**
 * Every VE that has been created here, for who looks again and again: `counters` lasts from one look to the next, and what it has
 * counted is not written down yet (keepRecords). Throws `storage-missing`.
 */
export function observeWith(sys: Sys, counters: CounterMemory): { ves: ObservedVe[]; running: RunningVe[] } {
  demandVeDirectory(sys)
  return look(sys, findSpecs(sys, counters.specs), counters)
}

/** The same once. */
export function observeAll(sys: Sys): ObservedVe[] {
  const counters = newMemory(false)
  const { ves } = observeWith(sys, counters)
  keepRecords(sys, counters)
  return ves
}
