/** All terminals of this worker: opens them, finds them again for browsers that come back, and cuts those that may not go on. */
import { setTimeout as delay } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import { Problem } from '../../contract/problem.ts'
import type { AttachMessage } from '../../terminals/attach.ts'
import type { TerminalEnd } from '../../terminals/protocol.ts'
import type { WorkerContext } from '../worker-context.ts'
import { recordClosed, recordOpened } from './terminal-record.ts'
import { endBrowser, type SessionTimes, TerminalSession } from './terminal-session.ts'
import { type Standing, standings, viewersOf, whyCut } from './why-cut.ts'

const MINUTE = 60_000
export const TIMES: SessionTimes = { idleMs: 30 * MINUTE, warnMs: MINUTE, keptMs: MINUTE }
const CHECK_EVERY_MS = 1_000
/** Rights that could not be asked for this long count as gone. */
const UNCHECKED_MOST_MS = 30_000
const RECORD_TRIES = 5

type Place = { hostId: string; epoch: number }
type Entry = { session: TerminalSession; place: Place }
type Worker = Pick<WorkerContext, 'id' | 'log' | 'hosts'>

export class Terminals {
  readonly #worker: Worker
  readonly #times: SessionTimes
  readonly #entries = new Map<string, Entry>()
  readonly #recording = new Set<Promise<void>>()
  #checkedAt = Date.now()
  #stopping = false

  constructor(worker: Worker, times: SessionTimes = TIMES) {
    this.#worker = worker
    this.#times = times
  }

  /** Connects a browser, whose ticket was redeemed, with its terminal: the one that is open, or a new one. Never rejects. */
  async attach(browser: WebSocket, message: AttachMessage): Promise<void> {
    const known = this.#entries.get(message.terminalId)
    if (known) return known.session.attach(browser, message)
    try {
      await this.#open(browser, message)
    } catch (error) {
      const problem = Problem.from(error)
      const refused = error instanceof Problem && problem.code === 'terminal-refused'
      if (!(error instanceof Problem)) this.#worker.log.error({ err: error }, 'opening a terminal failed')
      endBrowser(browser, refused ? 'refused' : 'failed', problem)
    }
  }

  async #open(browser: WebSocket, message: AttachMessage): Promise<void> {
    const { terminalId: id, columns, rows } = message
    const rowsNow = await standings([id])
    const now = rowsNow.get(id)
    const place = { hostId: now?.host_id ?? '', epoch: now?.epoch ?? 0 }
    const viewers = await viewersOf(rowsNow.values())
    const cut = this.#stopping
      ? 'worker-changed'
      : whyCut(now, place, this.#worker.id, viewers.get(now?.user_id ?? '') ?? null)
    if (cut || !now) return endBrowser(browser, cut ?? 've-destroyed')
    await recordOpened(id, this.#worker.id, message.ipAddress)
    const session = new TerminalSession({
      id,
      kind: now.kind,
      times: this.#times,
      onEnd: (reason, problem) => this.#ended(session, reason, problem),
    })
    if (this.#entries.size === 0) this.#checkedAt = Date.now()
    this.#entries.set(id, { session, place })
    session.attach(browser, message)
    await this.#connect(session, now, { columns, rows })
  }

  async #connect(
    session: TerminalSession,
    now: Standing,
    size: { columns: number; rows: number },
  ): Promise<void> {
    try {
      const link = await this.#worker.hosts.link(now.host_id)
      const ve = { veid: now.veid, uuid: now.ve_id, epoch: now.epoch }
      session.opened(await link.openTerminal({ kind: now.kind, ve, size, ...session.handlers }))
    } catch (error) {
      const problem = Problem.from(error)
      if (!(error instanceof Problem)) this.#worker.log.error({ err: error }, 'opening a terminal failed')
      session.end(problem.code === 'link-lost' ? 'host-lost' : 'failed', problem)
    }
  }

  #ended(session: TerminalSession, reason: TerminalEnd, problem?: Problem): void {
    const { id } = session
    this.#entries.delete(id)
    this.#worker.log.info({ terminal: id, reason, problem: problem?.toJson() }, 'terminal ended')
    const recording = this.#record(id, reason).finally(() => this.#recording.delete(recording))
    this.#recording.add(recording)
  }

  async #record(id: string, reason: TerminalEnd): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await recordClosed(id, reason)
      } catch (error) {
        this.#worker.log.error(
          { err: error, terminal: id },
          'the end of a terminal could not be written down',
        )
        if (tries === RECORD_TRIES || this.#stopping) return
        await delay(tries * 1_000)
      }
    }
  }

  /** Until the signal aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.check()
      await delay(CHECK_EVERY_MS, undefined, { signal }).catch(() => {})
    }
  }

  /** Cuts what may not go on. */
  async check(): Promise<void> {
    const entries = [...this.#entries]
    for (const [, { session }] of entries) session.tick()
    if (entries.length === 0) return
    try {
      const now = await standings(entries.map(([id]) => id))
      const viewers = await viewersOf(now.values())
      for (const [id, { session, place }] of entries) {
        const standing = now.get(id)
        const viewer = viewers.get(standing?.user_id ?? '') ?? null
        const cut = whyCut(standing, place, this.#worker.id, viewer)
        if (cut) session.end(cut)
      }
      this.#checkedAt = Date.now()
    } catch (error) {
      this.#worker.log.error({ err: error }, 'whether terminals may go on could not be asked')
      if (Date.now() - this.#checkedAt < UNCHECKED_MOST_MS) return
      for (const [, { session }] of entries) session.end('failed', Problem.from(error))
    }
  }

  /** Ends all, and waits until that is written down. */
  async stop(): Promise<void> {
    this.#stopping = true
    for (const { session } of [...this.#entries.values()]) session.end('worker-changed')
    await Promise.all(this.#recording)
  }
}
