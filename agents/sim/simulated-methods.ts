/** The agent's methods as a simulated host does them: as long as the real ones take, roughly, and failing by name. */
import { createHash } from 'node:crypto'
import {
  type AgentMethod,
  type AgentParams,
  type AgentResult,
  PROTOCOL_VERSION,
  type TemplateCache,
} from '../../lib/contract/agent-protocol.ts'
import { Problem } from '../../lib/contract/problem.ts'
import { MIB } from '../../lib/contract/units.ts'
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { hostSentinel, veSentinel } from './sentinels.ts'
import { BACKUP_METHODS, type SimulatedBackups } from './simulated-backups.ts'
import { owned, VE_CHANGE_METHODS } from './simulated-changes.ts'
import { simulatedTable } from './simulated-counters.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import { SIMULATED_AGENT_VERSION, simulatedFacts, VZ_BYTES } from './simulated-facts.ts'
import { HIBERNATION_METHODS } from './simulated-hibernation.ts'
import { MOVE_METHODS, type SimulatedMoves } from './simulated-moves.ts'
import { QUOTA_METHODS, type SimulatedQuotas } from './simulated-quota.ts'
import { findSimulatedSnapshot, type SimulatedSnapshots, SNAPSHOT_METHODS } from './simulated-snapshots.ts'
import type { SimulatedVes } from './simulated-ves.ts'

export type SimulatedState = {
  name: string
  bootId: string
  disk: SimulatedDisk
  ves: SimulatedVes
  caches: Map<string, TemplateCache>
  quotas: SimulatedQuotas
  snapshots: SimulatedSnapshots
  backups: SimulatedBackups
  moves: SimulatedMoves
}
export type Report = { step(label: string, ms: number): Promise<void>; log(line: string): void }
export type SimulatedMethods = {
  [M in AgentMethod]: (
    state: SimulatedState,
    params: AgentParams<M>,
    report: Report,
  ) => Promise<AgentResult<M>>
}

const LIST: SimulatedMethods = {
  ping: async () => ({ protocol: PROTOCOL_VERSION, agentVersion: SIMULATED_AGENT_VERSION }),

  async 'host-facts'(state) {
    if (hostSentinel(state.name) === 'old-agent')
      throw new Problem('agent-version-mismatch', `The agent on ${state.name} (simulated) is of version 0.`)
    return simulatedFacts(state.name, state.bootId, VZ_BYTES)
  },

  async 'agent-upgrade'(_state, _params, report) {
    await report.step('Check the signature', 100)
    return { agentVersion: SIMULATED_AGENT_VERSION }
  },

  'host-leave': async () => ({}),

  async 'template-build'(state, { cache, definition }, report) {
    const slow = definition.packages.includes('slow-build')
    await report.step(`Fetch packages of Debian ${definition.suite}`, slow ? 30_000 : 700)
    if (definition.packages.includes('fail-build'))
      throw new Problem('template-build-failed', 'A package that is named fail-build fails (simulated).')
    for (const name of definition.packages) report.log(`Setting up ${name} (simulated) ...`)
    await report.step('Set packages up', slow ? 30_000 : 700)
    await report.step('Pack the cache', 200)
    const digest = `sha256:${createHash('sha256').update(cache).digest('hex')}`
    const packages = 120 + definition.packages.length
    const built = { cache, digest, sizeBytes: 320 * MIB, diskBytes: 180 * MIB, packages }
    state.caches.set(cache, built)
    return built
  },

  async 'template-call-off'(state, { cache }) {
    return { built: state.caches.get(cache) ?? (await knownCaches(state)).get(cache) ?? null }
  },

  async 'template-list'(state) {
    return { caches: [...new Map([...(await knownCaches(state)), ...state.caches]).values()] }
  },

  async 'template-remove'(state, { cache }) {
    state.caches.delete(cache)
    return {}
  },

  async 've-create'(state, { spec, cache, start, from }, report) {
    state.ves.checkUuid(spec.veid, spec.uuid)
    state.ves.checkEpoch(spec.veid, spec.epoch)
    const sentinel = veSentinel(spec.name)
    if (sentinel === 'lost-link') await report.step('Ask again: the connection broke', 2_000)
    if (from) await findSimulatedSnapshot(state, from.uuid, from.snapshot)
    await report.step(
      `Copy the ${from ? 'snapshot' : 'template’s disk'}`,
      sentinel === 'slow-create' ? 6_000 : 150,
    )
    if (sentinel === 'fail-create')
      throw new Problem('agent-failed', `The disk of ${spec.name} could not be made (simulated).`)
    if (cache !== undefined && !state.caches.has(cache) && !(await knownCaches(state)).has(cache))
      throw new Problem('template-not-ready', `The cache ${cache} is not on ${state.name}.`)
    await report.step('Set up the guest', 100)
    state.ves.create(spec)
    if (start) await bringUp(state, spec, report)
    return state.ves.observe(spec.veid)
  },

  async 've-start'(state, { spec }, report) {
    state.ves.checkUuid(spec.veid, spec.uuid)
    state.ves.checkEpoch(spec.veid, spec.epoch)
    if (state.ves.get(spec.veid)?.checkpoint)
      throw new Problem('ve-state-forbids', `VE ${spec.veid} is hibernated: resume it, or stop it.`)
    await bringUp(state, spec, report)
    return state.ves.observe(spec.veid)
  },

  async 've-halt'(state, { veid, uuid, epoch }) {
    const ve = owned(state, { veid, uuid, epoch })
    if (veSentinel(ve.name) === 'fail-stop')
      throw new Problem('agent-failed', `${ve.name} does not stop (simulated).`)
    if (ve.initPid === null) return { asked: false }
    state.ves.halt(veid, veSentinel(ve.name) === 'slow-stop' ? 6_000 : 150)
    return { asked: true }
  },

  async 've-stop'(state, { veid, uuid, epoch }, report) {
    owned(state, { veid, uuid, epoch })
    await report.step('Take it off the kernel', 50)
    state.ves.stop(veid)
    return state.ves.observe(veid)
  },

  async 've-destroy'(state, { veid, uuid, epoch, kill }, report) {
    if (state.ves.isOther(veid, uuid)) return {}
    state.ves.checkEpoch(veid, epoch)
    const ve = state.ves.get(veid)
    const sentinel = ve ? veSentinel(ve.name) : null
    if (sentinel === 'fail-destroy' || sentinel === 'fail-undo')
      throw new Problem('agent-failed', `The disk of VE ${veid} could not be removed (simulated).`)
    if (ve?.initPid && !kill) throw new Problem('conflict', `VE ${veid} runs; stop it first.`)
    await report.step('Remove the disk', 100)
    state.ves.destroy(veid, epoch)
    return {}
  },

  ...VE_CHANGE_METHODS,
  ...HIBERNATION_METHODS,
  ...SNAPSHOT_METHODS,
  ...BACKUP_METHODS,
  ...MOVE_METHODS,

  async 'user-beancounters'(state, { veid }) {
    if (veid !== undefined && state.ves.observe(veid).initPid === null)
      throw new Problem('ve-state-forbids', `VE ${veid} does not run: it has no counters.`)
    return { text: simulatedTable(state.ves.counted(veid), Date.now()) }
  },

  ...QUOTA_METHODS,

  async 've-state'(state, { veid }) {
    if (veid === undefined) return { ves: state.ves.all() }
    return { ves: state.ves.get(veid) ? [state.ves.observe(veid)] : [] }
  },
}

/** A method by a name that is only known at run time. */
export const METHODS = LIST as unknown as Record<
  AgentMethod,
  (state: SimulatedState, params: unknown, report: Report) => Promise<unknown>
>

async function bringUp(state: SimulatedState, { veid, name }: VeSpec, report: Report): Promise<void> {
  const sentinel = veSentinel(name)
  await report.step('Start init', sentinel === 'slow-start' ? 6_000 : 150)
  if (sentinel === 'fail-start' || sentinel === 'fail-undo')
    throw new Problem('ve-start-failed', `The init of ${name} ended at once (simulated).`)
  state.ves.start(veid)
}

async function knownCaches(state: SimulatedState): Promise<Map<string, TemplateCache>> {
  return new Map((await state.disk.caches()).map((cache) => [cache.cache, cache]))
}
