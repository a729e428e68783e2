/** Watches the hosts that are leased to this worker: one stream of samples each, for as long as the lease lasts. */
import { setTimeout as delay } from 'node:timers/promises'
import type { WatchSample } from '../contract/agent-protocol.ts'
import { Problem } from '../contract/problem.ts'
import { transaction } from '../db/client.ts'
import { emitEvent } from '../events/emit.ts'
import { problemColumn } from '../operations/problem-column.ts'
import { type LeasedHost, leaseHosts } from './host-leases.ts'
import { SampleSink } from './samples/sample-sink.ts'
import type { WorkerContext } from './worker-context.ts'

const LOOK_EVERY_MS = 1_000
const SAMPLE_EVERY_SECONDS = 2
const RETRY_FIRST_MS = 1_000
const RETRY_MOST_MS = 10_000
/** One broken connection is no news; the second try in a row that fails is. */
const FAILURES_UNTIL_OFFLINE = 2

export async function watchHosts(worker: WorkerContext, signal: AbortSignal): Promise<void> {
  const watched = new Map<string, Watched>()
  const stopAll = () => {
    for (const { controller } of watched.values()) controller.abort()
  }
  signal.addEventListener('abort', stopAll)
  while (!signal.aborted) {
    try {
      follow(worker, watched, await leaseHosts(worker.id))
    } catch (error) {
      worker.log.error({ err: error }, 'leasing hosts failed')
    }
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
  stopAll()
  await Promise.all([...watched.values()].map(({ over }) => over))
}

/** `over`: what it saw last is written. */
type Watched = { controller: AbortController; over: Promise<void> }

/** Starts and ends watchers so that they match the leases. A host whose address changed is watched anew. */
function follow(worker: WorkerContext, watched: Map<string, Watched>, leased: LeasedHost[]) {
  const wanted = new Map(leased.map((host) => [JSON.stringify(host), host]))
  for (const [key, { controller }] of watched) {
    if (wanted.has(key)) continue
    controller.abort()
    watched.delete(key)
  }
  for (const [key, host] of wanted) {
    if (watched.has(key)) continue
    const controller = new AbortController()
    watched.set(key, { controller, over: watchHost(worker, host, controller.signal) })
  }
}

async function watchHost(worker: WorkerContext, host: LeasedHost, signal: AbortSignal): Promise<void> {
  const log = worker.log.child({ host: host.id })
  const sink = new SampleSink(host.id, log)
  let failures = 0
  const onSample = (sample: WatchSample) => {
    failures = 0
    sink.take(sample)
  }
  while (!signal.aborted) {
    try {
      await worker.hosts.linkTo(host).watch({ intervalSeconds: SAMPLE_EVERY_SECONDS, signal, onSample })
    } catch (error) {
      if (signal.aborted) break
      failures += 1
      const problem = Problem.from(error)
      log.warn({ problem: problem.toJson(), failures }, 'watching a host failed')
      if (failures >= FAILURES_UNTIL_OFFLINE)
        await markOffline(host, problem).catch((err) => log.error({ err }))
    }
    const wait = Math.min(RETRY_FIRST_MS * 2 ** Math.max(0, failures - 1), RETRY_MOST_MS)
    await delay(wait, undefined, { signal }).catch(() => {})
  }
  await sink.close()
}

function markOffline(host: LeasedHost, why: Problem): Promise<void> {
  const problem = problemColumn(why)
  return transaction(async (tx) => {
    const rows = await tx.host.updateManyAndReturn({
      where: {
        id: host.id,
        OR: [
          { status: { in: ['online', 'maintenance'] } },
          { status: 'offline', NOT: { problem: { equals: problem } } },
        ],
      },
      data: { status: 'offline', problem },
      select: { id: true, accountId: true },
    })
    for (const row of rows) await emitEvent(tx, { topic: 'host', ...row })
  })
}
