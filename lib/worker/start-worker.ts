/** One worker: its presence, its queue, its reconcilers and its watching of hosts; and the way down in order. */
import { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { makeWorkerUtils, type Runner, run } from 'graphile-worker'
import pg from 'pg'
import type { Logger } from 'pino'
import { closeDb, databaseUrl, db } from '../db/client.ts'
import { addJob, RUN_OPERATION_TASK } from '../operations/job.ts'
import { Hosts } from './hosts.ts'
import { ensureSealingKey } from './keys.ts'
import { LiveOperations } from './live-operations.ts'
import { migrateQueue } from './migrate-queue.ts'
import { beat, recordRunners, registerWorker, unregisterWorker } from './presence.ts'
import { queueLogger } from './queue-log.ts'
import { runReconcilers } from './reconcilers/run-reconcilers.ts'
import { runOperation } from './run-operation.ts'
import { openSshHosts } from './ssh-hosts.ts'
import { startTerminals } from './terminals/start-terminals.ts'
import { watchHosts } from './watch-hosts.ts'
import type { WorkerContext } from './worker-context.ts'

const BEAT_MS = 1_000
const CONCURRENCY = 16
/** graphile-worker is told of new jobs at once; this is for jobs whose time comes later or that were unlocked. */
const POLL_MS = 1_000

export type RunningWorker = {
  id: string
  /** Rejects when the queue ends by itself. */
  ended: Promise<void>
  /** Lets go of what runs, so that another worker goes on with it, and gives back what is held. */
  stop(): Promise<void>
}

export async function startWorker({
  dataDir,
  log,
}: {
  dataDir: string
  log: Logger
}): Promise<RunningWorker> {
  await migrateQueue(databaseUrl(), queueLogger(log))
  const sealingKey = await ensureSealingKey(dataDir)
  const hosts = new Hosts(openSshHosts(dataDir))
  const id = await registerWorker()
  const worker: WorkerContext = { id, log, hosts, live: new LiveOperations(id), aside: new Set(), sealingKey }
  const pool = new pg.Pool({
    connectionString: databaseUrl(),
    max: CONCURRENCY,
    application_name: 'corral-worker-queue',
  })
  // Without these a connection that breaks ends the process; graphile-worker asks for the second one too.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection broke'))
  pool.on('connect', (client) => client.on('error', () => {}))

  const terminals = await startTerminals(worker)
  const stopping = new AbortController()
  const queue = await startQueue(worker, pool, stopping.signal)
  const utils = await makeWorkerUtils({ pgPool: pool, logger: queueLogger(log) })
  const forceUnlock = (runnerIds: string[]) => utils.forceUnlockWorkers(runnerIds)
  const background = [
    keepAlive(worker, stopping.signal),
    runReconcilers({ worker, forceUnlock }, stopping.signal),
    watchHosts(worker, stopping.signal),
  ]
  const stop = async () => {
    stopping.abort()
    await terminals.stop()
    // First no more jobs, then the running ones let go: they put themselves back for another worker.
    const stopped = queue.stop()
    worker.live.interruptAll()
    await stopped
    await Promise.all(worker.aside)
    // graphile-worker gives its locks back one turn later.
    await new Promise((resolve) => setImmediate(resolve))
    await Promise.all(background)
    hosts.close()
    await unregisterWorker(id)
    await utils.release()
    await pool.end()
    await closeDb()
  }
  return { id, ended: queue.promise, stop }
}

async function startQueue(worker: WorkerContext, pool: pg.Pool, stopping: AbortSignal): Promise<Runner> {
  const events = new EventEmitter()
  const runnerIds: string[] = []
  // Jobs are locked in the name of the pool, not of its single runners.
  events.on('pool:create', ({ workerPool }: { workerPool: { id: string } }) => {
    runnerIds.push(workerPool.id)
  })
  let record = () => {}
  const recorded = new Promise<void>((resolve) => {
    record = resolve
  })
  const runner = await run({
    pgPool: pool,
    events: events as never,
    logger: queueLogger(worker.log),
    noHandleSignals: true,
    concurrency: CONCURRENCY,
    pollInterval: POLL_MS,
    parsedCronItems: [],
    taskList: {
      async [RUN_OPERATION_TASK](payload) {
        const { operationId } = payload as { operationId: string }
        await recorded
        if (!stopping.aborted) return runOperation(worker, operationId)
        const operation = await db().operation.findUnique({ where: { id: operationId } })
        if (operation) await addJob(db(), operation, 'again')
      },
    },
  })
  await recordRunners(worker.id, runnerIds)
  record()
  return runner
}

async function keepAlive(worker: WorkerContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await beat(worker.id)
      await worker.live.beat()
    } catch (error) {
      worker.log.error({ err: error }, 'heartbeat failed')
    }
    await delay(BEAT_MS, undefined, { signal }).catch(() => {})
  }
}
