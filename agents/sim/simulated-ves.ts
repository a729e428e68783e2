/** The VEs of one simulated host. */
import type { ExitReason, ObservedVe } from '../../lib/contract/agent-protocol.ts'
import { Problem } from '../../lib/contract/problem.ts'
import { MIB } from '../../lib/contract/units.ts'
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { veSentinel } from './sentinels.ts'
import {
  type CountedVe,
  simulatedCounters,
  simulatedFileSystem,
  simulatedMemory,
  simulatedProcesses,
} from './simulated-counters.ts'
import type { RecordedVe, SimulatedDisk } from './simulated-disk.ts'

type SimulatedVe = {
  veid: number
  uuid: string
  epoch: number
  name: string
  memoryBytes: number
  startedAt: number | null
  initPid: number | null
  /** When this process changed it: for a while its word counts more than the panel's record. */
  changedAt: number
  rescue: boolean
  lastExit: ObservedVe['lastExit']
  checkpoint: ObservedVe['checkpoint']
  /** The specification that it took up last, as JSON; null when an earlier process knew. */
  accepted: string | null
  /** What ended runs sent and received. */
  passed: Bytes
}
type Bytes = { inBytes: number; outBytes: number }

const NOTHING: Bytes = { inBytes: 0, outBytes: 0 }
const ENDS_AFTER_MS = 10_000
/** An operation that changed a VE is written down within this. */
const RECORD_LAG_MS = 5_000

const STOPPED = {
  startedAt: null,
  initPid: null,
  changedAt: 0,
  rescue: false,
  lastExit: null,
  checkpoint: null,
  accepted: null,
  passed: NOTHING,
}

const sum = (a: Bytes, b: Bytes): Bytes => ({
  inBytes: a.inBytes + b.inBytes,
  outBytes: a.outBytes + b.outBytes,
})

/** What passed since its start: a trickle, or much. */
function live(ve: SimulatedVe): Bytes {
  if (ve.startedAt === null) return NOTHING
  const perMs = veSentinel(ve.name) === 'much-traffic' ? 10_000 : 1
  const inBytes = Math.max(0, Date.now() - ve.startedAt) * perMs
  return { inBytes, outBytes: inBytes }
}

function stateOf({ initPid, checkpoint }: Pick<SimulatedVe, 'initPid' | 'checkpoint'>) {
  if (initPid !== null) return 'running'
  return checkpoint === null ? 'stopped' : 'hibernated'
}

function stateOfRecord({ running, checkpoint }: RecordedVe) {
  if (running) return 'running'
  return checkpoint === null ? 'stopped' : 'hibernated'
}

/** Null when it does not run. */
function countedOf(ve: SimulatedVe): CountedVe | null {
  const { startedAt, initPid } = ve
  return startedAt === null || initPid === null ? null : { ...ve, startedAt, initPid }
}

export class SimulatedVes {
  readonly #disk: SimulatedDisk
  readonly #ves = new Map<number, SimulatedVe>()
  readonly #tombstones = new Map<number, { epoch: number; at: number }>()
  #nextPid = 1000

  constructor(disk: SimulatedDisk) {
    this.#disk = disk
  }

  /** Brings memory and the panel's record together: another worker may have run the last operation. */
  async recall(): Promise<void> {
    const recorded = new Map((await this.#disk.ves()).map((ve) => [ve.veid, ve]))
    const settled = Date.now() - RECORD_LAG_MS
    for (const ve of recorded.values()) if (ve.settled) this.#recallOne(ve, settled)
    for (const ve of this.#ves.values())
      if (!recorded.has(ve.veid) && ve.changedAt < settled) this.#ves.delete(ve.veid)
  }

  #recallOne(recorded: RecordedVe, settled: number) {
    const known = this.#ves.get(recorded.veid)
    if (known && (known.changedAt >= settled || stateOf(known) === stateOfRecord(recorded))) return
    const tombstone = this.#tombstones.get(recorded.veid)
    if (tombstone && tombstone.at >= settled) return
    const { veid, uuid, epoch, name, memoryBytes, checkpoint } = recorded
    const { passed = NOTHING, lastExit = null } = known ?? {}
    const ve = { ...STOPPED, veid, uuid, epoch, name, memoryBytes, passed, lastExit, checkpoint }
    this.#ves.set(veid, ve)
    if (recorded.running) this.#boot(ve, Date.now())
  }

  #boot(ve: SimulatedVe, at: number) {
    ve.startedAt = at
    ve.initPid = this.#nextPid++
  }

  get(veid: number): SimulatedVe | undefined {
    const ve = this.#ves.get(veid)
    const sentinel = ve ? veSentinel(ve.name) : null
    if (!ve?.startedAt || ve.startedAt + ENDS_AFTER_MS > Date.now()) return ve
    if (sentinel === 'dies') this.stop(veid, 'crashed')
    if (sentinel === 'halts') this.stop(veid, 'halt')
    return ve
  }

  create(spec: VeSpec): void {
    this.checkEpoch(spec.veid, spec.epoch)
    if (this.#ves.has(spec.veid)) return
    const { veid, uuid, epoch, name, limits } = spec
    const { memoryBytes } = limits
    const changedAt = Date.now()
    const accepted = JSON.stringify(spec)
    this.#ves.set(veid, { ...STOPPED, veid, uuid, epoch, name, memoryBytes, changedAt, accepted })
  }

  start(veid: number, rescue = false): void {
    const ve = this.#ves.get(veid)
    if (!ve) throw new Problem('not-found', `There is no VE ${veid} on this host.`)
    if (ve.initPid === null) {
      this.#boot(ve, Date.now())
      ve.rescue = rescue
    }
    ve.changedAt = Date.now()
  }

  /** Init is asked, and has halted a while later. */
  halt(veid: number, afterMs: number): void {
    setTimeout(() => this.stop(veid, 'halt'), afterMs).unref()
  }

  stop(veid: number, reason: ExitReason = 'stopped-by-host'): void {
    const ve = this.#ves.get(veid)
    if (ve?.checkpoint) Object.assign(ve, { checkpoint: null, changedAt: Date.now() })
    if (!ve || ve.initPid === null) return
    const at = Date.now()
    ve.passed = sum(ve.passed, live(ve))
    ve.lastExit = { at, reason, exitCode: reason === 'crashed' ? 139 : 0, signal: null }
    Object.assign(ve, { initPid: null, startedAt: null, rescue: false, changedAt: at })
  }

  /** Its memory goes to the disk. The run is not over: it has no exit. */
  hibernate(veid: number): void {
    const ve = this.get(veid)
    const counted = ve && countedOf(ve)
    if (!ve || !counted) return
    const at = Date.now()
    const checkpoint = { at, bytes: simulatedMemory(counted) }
    Object.assign(ve, {
      ...{ checkpoint, initPid: null, startedAt: null, changedAt: at },
      passed: sum(ve.passed, live(ve)),
    })
  }

  /** From a checkpoint: the VE's own, or that of a snapshot. */
  resume(veid: number): void {
    const ve = this.#ves.get(veid)
    if (!ve?.checkpoint) return
    ve.checkpoint = null
    this.start(veid)
  }

  /** Its disk is another one; with a checkpoint it goes on from that. */
  rollBack(veid: number, checkpoint: ObservedVe['checkpoint']): void {
    const ve = this.#ves.get(veid)
    if (ve) Object.assign(ve, { checkpoint, changedAt: Date.now() })
  }

  destroy(veid: number, epoch: number): void {
    this.#ves.delete(veid)
    this.#tombstones.set(veid, { epoch, at: Date.now() })
  }

  isOther(veid: number, uuid: string): boolean {
    return (this.#ves.get(veid)?.uuid ?? uuid) !== uuid
  }

  checkUuid(veid: number, uuid: string): void {
    if (this.isOther(veid, uuid)) throw new Problem('veid-taken', `VE ${veid} on this host is another VE.`)
  }

  checkEpoch(veid: number, epoch: number): void {
    const seen = Math.max(this.#ves.get(veid)?.epoch ?? 0, this.#tombstones.get(veid)?.epoch ?? 0)
    if (epoch < seen)
      throw new Problem('stale-epoch', `VE ${veid} is at epoch ${seen}; the request came with ${epoch}.`)
  }

  all(): ObservedVe[] {
    return [...this.#ves.keys()].map((veid) => this.observe(veid))
  }

  /** Those that run: of one, or of all. */
  counted(veid?: number): CountedVe[] {
    const veids = veid === undefined ? [...this.#ves.keys()] : [veid]
    return veids.flatMap((each) => {
      const ve = this.get(each)
      return (ve && countedOf(ve)) ?? []
    })
  }

  observe(veid: number): ObservedVe {
    const ve = this.get(veid)
    if (!ve) throw new Problem('not-found', `There is no VE ${veid} on this host.`)
    const uptimeMs = ve.startedAt === null ? null : Date.now() - ve.startedAt
    const counted = countedOf(ve)
    const diskUsedBytes = (180 + (veid % 200)) * MIB
    return {
      veid,
      uuid: ve.uuid,
      epoch: ve.epoch,
      state: stateOf(ve),
      initPid: ve.initPid,
      startedAt: ve.startedAt,
      memoryBytes: counted === null ? null : simulatedMemory(counted),
      processes: counted === null ? null : simulatedProcesses(counted),
      cpuMicroseconds: uptimeMs === null ? null : Math.round(uptimeMs * 20),
      fileSystem: counted === null ? null : simulatedFileSystem(counted, diskUsedBytes),
      beancounters: counted === null ? null : simulatedCounters(counted, Date.now()),
      diskUsedBytes,
      rescue: ve.rescue,
      lastExit: ve.lastExit,
      checkpoint: ve.checkpoint,
      traffic: {
        base: ve.passed,
        live: live(ve),
        series: ve.startedAt === null ? null : `simulated:${ve.startedAt}`,
      },
    }
  }
}
