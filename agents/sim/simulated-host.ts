/** A host in memory that answers as an agent would, with small delays, progress, and names that fail on purpose. */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type {
  AgentMethod,
  AgentParams,
  AgentProgress,
  AgentResult,
  HostLink,
  TerminalChannel,
  TerminalOptions,
  WatchSample,
} from '../../lib/contract/agent-protocol.ts'
import { Problem } from '../../lib/contract/problem.ts'
import { GIB } from '../../lib/contract/units.ts'
import { type HostSentinel, hostSentinel } from './sentinels.ts'
import { simulatedEvents } from './simulated-counters.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import { VZ_BYTES } from './simulated-facts.ts'
import { METHODS, type SimulatedState } from './simulated-methods.ts'
import { openSimulatedTerminal } from './simulated-terminal.ts'
import { SimulatedVes } from './simulated-ves.ts'

type CallOptions = {
  key: string
  signal?: AbortSignal
  onProgress?: (progress: AgentProgress) => void
  onLog?: (line: string) => void
}

const GOES_AWAY_EVERY_MS = 20_000

export class SimulatedHost implements HostLink {
  readonly #name: string
  readonly #state: SimulatedState
  /** Results by key, as an agent's journal keeps them. */
  readonly #journal = new Map<string, Promise<unknown>>()

  constructor(name: string, disk: SimulatedDisk) {
    this.#name = name
    this.#state = {
      name,
      bootId: randomUUID(),
      disk,
      ves: new SimulatedVes(disk),
      caches: new Map(),
      quotas: new Map(),
      snapshots: new Map(),
      backups: new Map(),
      moves: { released: new Map(), adopted: new Map(), cancelled: new Set() },
    }
  }

  async call<M extends AgentMethod>(
    method: M,
    params: AgentParams<M>,
    options: CallOptions,
  ): Promise<AgentResult<M>> {
    this.#checkReachable()
    const { signal } = options
    const run = this.#journal.get(options.key) ?? this.#begin(method, params, options)
    this.#journal.set(options.key, run)
    // As on a real host, what was begun is finished there even if nobody waits for it any more.
    run.catch(() => this.#journal.delete(options.key))
    return (await Promise.race([run, ...(signal ? [aborted(signal)] : [])])) as AgentResult<M>
  }

  async #begin<M extends AgentMethod>(
    method: M,
    params: AgentParams<M>,
    options: CallOptions,
  ): Promise<unknown> {
    await this.#state.ves.recall()
    const step = async (label: string, ms: number) => {
      options.onProgress?.({ step: method, label, state: 'running' })
      await delay(ms)
      options.onProgress?.({ step: method, label, state: 'done' })
    }
    return METHODS[method](this.#state, params, { step, log: (line) => options.onLog?.(line) })
  }

  async openTerminal(options: TerminalOptions): Promise<TerminalChannel> {
    this.#checkReachable()
    await this.#state.ves.recall()
    return openSimulatedTerminal(this.#state.ves, options)
  }

  async watch(options: {
    intervalSeconds: number
    signal: AbortSignal
    onSample: (sample: WatchSample) => void
  }): Promise<void> {
    const { signal } = options
    for (let since = Date.now() - options.intervalSeconds * 1000; !signal.aborted; ) {
      this.#checkReachable()
      await this.#state.ves.recall()
      const sample = this.#sample(since)
      since = sample.at
      options.onSample(sample)
      await delay(options.intervalSeconds * 1000, undefined, { signal }).catch(() => {})
    }
  }

  #sample(since: number): WatchSample {
    const at = Date.now()
    const ves = this.#state.ves.all()
    const memory = ves.reduce((sum, ve) => sum + (ve.memoryBytes ?? 0), 0)
    const disk = ves.reduce((sum, ve) => sum + (ve.diskUsedBytes ?? 0), 0)
    return {
      at,
      bootId: this.#state.bootId,
      load1: Math.round(ves.filter((ve) => ve.state === 'running').length * 5) / 100,
      memoryFreeBytes: Math.max(0, 62 * GIB - memory),
      vzFreeBytes: Math.max(0, VZ_BYTES - disk),
      ves,
      limitEvents: this.#state.ves.counted().flatMap((ve) => simulatedEvents(ve, since, at)),
    }
  }

  #checkReachable() {
    const sentinel = hostSentinel(this.#name)
    if (sentinel === null) return
    const problem = REACH_PROBLEMS[sentinel]?.(this.#name)
    if (problem) throw problem
  }
}

const REACH_PROBLEMS: Partial<Record<HostSentinel, (name: string) => Problem | null>> = {
  unreachable: (name) => new Problem('host-unreachable', `${name} (simulated) does not answer.`),
  refused: (name) => new Problem('host-refused', `${name} (simulated) refuses the connection.`),
  'goes-away': (name) =>
    Date.now() % GOES_AWAY_EVERY_MS < GOES_AWAY_EVERY_MS / 2
      ? null
      : new Problem('link-lost', `The connection to ${name} (simulated) broke.`),
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
  })
}
