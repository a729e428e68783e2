import { db } from '../../db/client.ts'
import type { WorkerContext } from '../worker-context.ts'
import { serveTerminals } from './terminal-server.ts'
import { Terminals } from './terminals.ts'

/** Serves terminals from when the promise settles until `stop`, which ends all that are open. */
export async function startTerminals(
  worker: Pick<WorkerContext, 'id' | 'log' | 'hosts'>,
): Promise<{ stop(): Promise<void> }> {
  const terminals = new Terminals(worker)
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
