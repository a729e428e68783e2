/** The log of one operation: lines and details are gathered for a moment and written together. */
import { stripVTControlCharacters } from 'node:util'
import { transaction } from '../db/client.ts'
import type { Operation } from '../db/generated/client.ts'
import { emitOperationEvent } from '../operations/events.ts'
import { fence } from './fence.ts'

/** A page shows a line at most this much later, plus the way to it. */
const GATHER_MS = 80
const LINE_MOST = 4_000
/** A build that prints without end fills neither the database nor the page. */
const LINES_MOST = 20_000

export class OperationLog {
  readonly #operation: Operation
  readonly #workerId: string
  #step = 0
  #written = 0
  #lines: { stepIndex: number; at: Date; line: string }[] = []
  #detail: { index: number; text: string } | null = null
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()
  #fault: unknown

  constructor(operation: Operation, workerId: string) {
    this.#operation = operation
    this.#workerId = workerId
  }

  /** The step that lines belong to from now on. */
  enterStep(index: number): void {
    this.#step = index
  }

  add(line: string): void {
    this.#written += 1
    if (this.#written > LINES_MOST + 1) return
    const text = this.#written > LINES_MOST ? 'The log is cut here: it has too many lines.' : clean(line)
    this.#lines.push({ stepIndex: this.#step, at: new Date(), line: text })
    this.#schedule()
  }

  detail(text: string): void {
    this.#detail = { index: this.#step, text: clean(text) }
    this.#schedule()
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      // The next flush that somebody waits for reports it.
      this.flush().catch((error) => {
        this.#fault = error
      })
    }, GATHER_MS)
  }

  /** Writes what is gathered. Rejects with `Interrupted` when the operation is another worker's. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#flushing = this.#flushing.catch(() => {}).then(() => this.#write())
    return this.#flushing
  }

  async #write(): Promise<void> {
    if (this.#fault) throw this.#fault
    const [lines, detail] = [this.#lines, this.#detail]
    if (lines.length === 0 && !detail) return
    this.#lines = []
    this.#detail = null
    const { id } = this.#operation
    await transaction(async (tx) => {
      await fence(tx, id, this.#workerId)
      if (lines.length > 0)
        await tx.operationLog.createMany({ data: lines.map((entry) => ({ operationId: id, ...entry })) })
      if (detail)
        await tx.operationStep.update({
          where: { operationId_index: { operationId: id, index: detail.index } },
          data: { detail: detail.text },
        })
      await emitOperationEvent(tx, this.#operation)
    })
  }
}

/** One line as PostgreSQL's text takes it: no control characters, and no terminal colours. */
function clean(line: string): string {
  const plain = stripVTControlCharacters(line).replaceAll(/(?!\t)\p{Cc}/gu, '')
  return plain.length > LINE_MOST ? `${plain.slice(0, LINE_MOST)}…` : plain
}
