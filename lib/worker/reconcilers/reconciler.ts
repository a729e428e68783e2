import type { WorkerContext } from '../worker-context.ts'

export type ReconcilerContext = {
  worker: WorkerContext
  /** graphile-worker's forceUnlockWorkers. */
  forceUnlock(runnerIds: string[]): Promise<void>
}

/** Periodic work without input: looks at what is, mends what drifted, may run at any time, twice, and on every worker at once. */
export type Reconciler = {
  name: string
  everyMs: number
  run(context: ReconcilerContext): Promise<void>
}
