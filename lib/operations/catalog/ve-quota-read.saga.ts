import { Prisma } from '../../db/generated/client.ts'
import type { Saga } from '../saga.ts'
import { loadVe, veKeyOf } from './ve-subject.ts'

export const veQuotaReadSaga: Saga<'ve-quota-read'> = {
  steps: {
    read: {
      async do({ input, call }) {
        const { hostId, spec } = await loadVe(input.veId)
        return call(hostId, 'quota-owners', veKeyOf(spec))
      },
    },
  },
  result: ({ outputs }) => outputs.read,
  /** A listing may be long, and only the last one of a VE is ever asked for. */
  async settle(tx, outcome, { operationId, input: { veId } }) {
    if (outcome.status !== 'succeeded') return
    const earlier = { type: 've-quota-read', veId, NOT: { id: operationId } } as const
    await tx.operationStep.updateMany({
      where: { operation: { ...earlier, status: 'succeeded' } },
      data: { output: Prisma.DbNull },
    })
    await tx.operation.updateMany({
      where: { ...earlier, status: 'succeeded', result: { not: Prisma.DbNull } },
      data: { result: Prisma.DbNull },
    })
  },
}
