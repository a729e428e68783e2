import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { backupSchedules } from './backup-schedules.ts'
import { bootStarts } from './boot-starts.ts'
import { deadWorkers } from './dead-workers.ts'
import { hostsOffline } from './hosts-offline.ts'
import { lostOperations } from './lost-operations.ts'
import { lostTerminals } from './lost-terminals.ts'
import { moveRemains } from './move-remains.ts'
import { oldLimitEvents } from './old-limit-events.ts'
import type { Reconciler, ReconcilerContext } from './reconciler.ts'
import { stuckMoves } from './stuck-moves.ts'
import { trafficAgain } from './traffic-again.ts'
import { trafficMonths } from './traffic-months.ts'
import { usagePartitions } from './usage-partitions.ts'
import { usageRollUp } from './usage-roll-up.ts'

const RECONCILERS: readonly Reconciler[] = [
  deadWorkers,
  lostOperations,
  lostTerminals,
  hostsOffline,
  bootStarts,
  backupSchedules,
  moveRemains,
  stuckMoves,
  trafficMonths,
  trafficAgain,
  usagePartitions,
  usageRollUp,
  oldLimitEvents,
]

/** Runs each reconciler now and then every so often, until the signal aborts; a fault of one is logged and tried again. */
export async function runReconcilers(context: ReconcilerContext, signal: AbortSignal): Promise<void> {
  // Each waits for the signal, and so does the rest of the worker.
  setMaxListeners(2 * RECONCILERS.length, signal)
  await Promise.all(RECONCILERS.map((reconciler) => repeat(reconciler, context, signal)))
}

async function repeat(reconciler: Reconciler, context: ReconcilerContext, signal: AbortSignal) {
  while (!signal.aborted) {
    try {
      await reconciler.run(context)
    } catch (error) {
      context.worker.log.error({ err: error, reconciler: reconciler.name }, 'reconciler failed')
    }
    await delay(reconciler.everyMs, undefined, { signal }).catch(() => {})
  }
}
