import type { KeyObject } from 'node:crypto'
import type { Logger } from 'pino'
import type { Hosts } from './hosts.ts'
import type { LiveOperations } from './live-operations.ts'

/** What the parts of a worker process share. */
export type WorkerContext = {
  id: string
  log: Logger
  hosts: Hosts
  live: LiveOperations
  /** What runs without a place in the queue: it may take an hour, and must not keep others from theirs. */
  aside: Set<Promise<void>>
  /** Opens what the web sealed. */
  sealingKey: KeyObject
}
