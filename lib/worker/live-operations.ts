/** The operations that this process runs now, and the one statement a second that keeps them its own. */
import { Problem } from '../contract/problem.ts'
import { db } from '../db/client.ts'
import { Interrupted } from './interrupted.ts'

export type LiveOperation = {
  /** For steps: cancelled, deadline passed, or interrupted. */
  forward: AbortController
  /** For undos too: interrupted only. */
  interrupt: AbortController
  deadlineAt: Date
}

type BeatRow = { id: string; cancel: boolean }

export class LiveOperations {
  readonly #workerId: string
  readonly #live = new Map<string, LiveOperation>()
  readonly #reserved = new Set<string>()
  #stopping = false

  constructor(workerId: string) {
    this.#workerId = workerId
  }

  /** False when this process has it already: a job that was put in twice runs once. */
  reserve(operationId: string): boolean {
    if (this.#reserved.has(operationId)) return false
    this.#reserved.add(operationId)
    return true
  }

  add(operationId: string, deadlineAt: Date): LiveOperation {
    const live = { forward: new AbortController(), interrupt: new AbortController(), deadlineAt }
    this.#live.set(operationId, live)
    // Claimed while the worker was told to stop: else its end would be waited for.
    if (this.#stopping) interrupt(live, 'shutdown')
    return live
  }

  remove(operationId: string): void {
    this.#live.delete(operationId)
    this.#reserved.delete(operationId)
  }

  /** Those that are added later too. */
  interruptAll(): void {
    this.#stopping = true
    for (const live of this.#live.values()) interrupt(live, 'shutdown')
  }

  /** Renews the heartbeat of all; notices cancels, deadlines, and operations that another worker has taken over. */
  async beat(): Promise<void> {
    if (this.#live.size === 0) return
    const ids = [...this.#live.keys()]
    const rows = await db().$queryRaw<BeatRow[]>`
      UPDATE operation SET heartbeat_at = now()
      WHERE id = ANY(${ids}::uuid[]) AND worker_id = ${this.#workerId}::uuid AND status = 'running'
      RETURNING id, cancel_requested_at IS NOT NULL AS cancel`
    const mine = new Map(rows.map((row) => [row.id, row]))
    const now = Date.now()
    for (const id of ids) {
      const live = this.#live.get(id)
      if (!live) continue
      if (!mine.has(id)) interrupt(live, 'taken-over')
      else if (mine.get(id)?.cancel) live.forward.abort(new Problem('cancelled', 'It was cancelled.'))
      else if (live.deadlineAt.getTime() < now)
        live.forward.abort(new Problem('deadline-passed', 'It was not done by its deadline.'))
    }
  }
}

function interrupt(live: LiveOperation, reason: Interrupted['reason']) {
  live.interrupt.abort(new Interrupted(reason))
  live.forward.abort(new Interrupted(reason))
}
