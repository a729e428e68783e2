/** What becomes of the samples of one host: state at once, traffic now and then, use by the minute, every limit event. */
import type { Logger } from 'pino'
import type { WatchSample } from '../../contract/agent-protocol.ts'
import type { LimitEvent } from '../../contract/limit-event.ts'
import { db } from '../../db/client.ts'
import { type Minute, MinuteGatherer } from '../../usage/minute.ts'
import { recordLimitEvents } from './record-limit-events.ts'
import { recordSample } from './record-sample.ts'
import { recordTraffic } from './record-traffic.ts'
import { recordUsage } from './record-usage.ts'

/** Traffic: its counters lose nothing in between. */
const COUNT_EVERY_MS = 10_000
/** What waits for a database that does not answer: the newest of it. */
const MINUTES_WAITING = 10
const EVENTS_WAITING = 1_000
/** A database that answers and refuses one of them so many times will never take it. */
const REFUSALS_MOST = 3

/** One write at a time. Of samples that come meanwhile only the latest is kept; of minutes and events all. */
export class SampleSink {
  private readonly hostId: string
  private readonly log: Logger
  private readonly gatherer = new MinuteGatherer()
  private minutes: Minute[] = []
  private events: LimitEvent[] = []
  private latest: WatchSample | null = null
  private writing: Promise<void> | null = null
  private countedAt = 0
  private readonly refusals = new WeakMap<object, number>()

  constructor(hostId: string, log: Logger) {
    this.hostId = hostId
    this.log = log
  }

  take(sample: WatchSample): void {
    this.keep(this.gatherer.add(sample, Date.now()))
    this.events = [...this.events, ...sample.limitEvents].slice(-EVENTS_WAITING)
    this.latest = sample
    this.writing ??= this.writeAll()
  }

  /** Writes what is there of the minute that goes on. */
  async close(): Promise<void> {
    this.keep(this.gatherer.take())
    await this.writing
    await this.writeAll()
  }

  private keep(minute: Minute | null): void {
    if (minute) this.minutes = [...this.minutes, minute].slice(-MINUTES_WAITING)
  }

  private async writeAll(): Promise<void> {
    do {
      const sample = this.latest
      this.latest = null
      if (sample) await this.tried(() => recordSample(this.hostId, sample))
      if (sample) await this.tried(() => this.count(sample))
      await this.tried(() => this.writeEvents())
      await this.tried(() => this.writeMinutes())
    } while (this.latest)
    this.writing = null
  }

  private async tried(work: () => Promise<void>): Promise<void> {
    await work().catch((error) => this.log.error({ err: error }, 'recording a sample failed'))
  }

  private async count(sample: WatchSample): Promise<void> {
    if (Date.now() < this.countedAt + COUNT_EVERY_MS) return
    await recordTraffic(this.hostId, sample)
    this.countedAt = Date.now()
  }

  private async writeEvents(): Promise<void> {
    const events = this.events
    try {
      await recordLimitEvents(this.hostId, events)
      this.events = this.events.filter((event) => !events.includes(event))
    } catch {
      this.events = await this.eachApart(this.events, (event) => recordLimitEvents(this.hostId, [event]))
    }
  }

  private async writeMinutes(): Promise<void> {
    this.minutes = await this.eachApart(this.minutes, (minute) => recordUsage(this.hostId, minute))
  }

  /** So that one which the database refuses holds up no other. Answers with those that are left to be tried again. */
  private async eachApart<T extends object>(
    items: readonly T[],
    write: (item: T) => Promise<void>,
  ): Promise<T[]> {
    const left: T[] = []
    for (const [nth, item] of items.entries()) {
      try {
        await write(item)
      } catch (err) {
        if (!(await databaseAnswers())) return [...left, ...items.slice(nth)]
        const refusals = (this.refusals.get(item) ?? 0) + 1
        this.refusals.set(item, refusals)
        if (refusals < REFUSALS_MOST) left.push(item)
        else this.log.error({ err, item }, 'the database refuses part of a sample: it is left out')
      }
    }
    return left
  }
}

const databaseAnswers = () =>
  db().$queryRaw`SELECT 1`.then(
    () => true,
    () => false,
  )
