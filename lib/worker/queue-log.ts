import { Logger as QueueLogger } from 'graphile-worker'
import type { Logger } from 'pino'

/** graphile-worker's own log, as ours. What it says of single jobs is left out: run-operation says it better. */
export function queueLogger(log: Logger): QueueLogger {
  return new QueueLogger(() => (level, message, meta) => {
    if (level === 'error') log.error({ meta: String(meta?.error ?? '') }, message)
    else if (level === 'warning') log.warn(message)
    else log.debug(message)
  })
}
