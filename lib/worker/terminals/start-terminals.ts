import { db } from '../../db/client.ts'
import type { WorkerContext } from '../worker-context.ts'
import { serveTerminals } from './terminal-server.ts'
import { Terminals, TIMES } from './terminals.ts'

const MINUTE = 60_000

/** Minutes without typing after which a terminal ends, from CORRAL_TERMINAL_IDLE_MINUTES: 2 to 1440, or 30 when it is unset. */
export function idleMs(text = process.env.CORRAL_TERMINAL_IDLE_MINUTES): number {
  if (text === undefined || text === '') return TIMES.idleMs
  const minutes = Number(text)
  if (Number.isInteger(minutes) && minutes >= 2 && minutes <= 1440) return minutes * MINUTE
  throw new Error(`CORRAL_TERMINAL_IDLE_MINUTES is ${text}; it has to be a whole number from 2 to 1440.`)
}

/** Serves terminals from when the promise settles until `stop`, which ends all that are open. */
export async function startTerminals(
  worker: Pick<WorkerContext, 'id' | 'log' | 'hosts'>,
): Promise<{ stop(): Promise<void> }> {
  const terminals = new Terminals(worker, { ...TIMES, idleMs: idleMs() })
  const server = await serveTerminals(
    worker.id,
    (browser, message) => void terminals.attach(browser, message),
  )
  await db().worker.update({ where: { id: worker.id }, data: { terminalAddress: server.address } })
  const stopping = new AbortController()
  const watching = terminals.watch(stopping.signal)
  return {
    async stop() {
      stopping.abort()
      await terminals.stop()
      await watching
      server.close()
    },
  }
}
