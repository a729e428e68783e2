import type { Db } from '../db/client.ts'
import { emitOperationEvent } from './events.ts'
import { isPastReturn } from './no-return.ts'
import { OPERATIONS, type OperationType } from './registry.ts'

/**
 * What is urgent does not wait for hours: what works on the VE now, and can be taken back as a whole (a move that has not let it go over
 * there), is called off. `by`: the title of what is urgent.
 */
export async function makeWay(tx: Db, veId: string, by: string): Promise<void> {
  const running = await tx.operation.findMany({
    where: { queue: `ve:${veId}`, status: 'running', cancelRequestedAt: null },
    include: { steps: { orderBy: { index: 'asc' } } },
  })
  for (const operation of running) {
    const type = operation.type as OperationType
    const { cancellable, noReturn }: { cancellable: boolean; noReturn?: string } = OPERATIONS[type]
    if (!cancellable || noReturn === undefined || isPastReturn(type, operation.steps)) continue
    await tx.operation.update({ where: { id: operation.id }, data: { cancelRequestedAt: new Date() } })
    const stepIndex = operation.steps.findLastIndex(({ status }) => status !== 'waiting')
    const line = `It is called off, since something urgent waits: “${by}”.`
    await tx.operationLog.create({
      data: { operationId: operation.id, stepIndex: Math.max(0, stepIndex), line },
    })
    await emitOperationEvent(tx, operation)
  }
}
