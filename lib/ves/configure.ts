import { enqueueOperation } from '../operations/enqueue.ts'
import type { VeChange } from './change.ts'
import type { VeCommand } from './on-ve.ts'

/** `planId`: of the plan that it gives the VE; `parentId`: of the roll-out that it is a part of. */
type Part = { planId?: string; parentId?: string | undefined }

/**
 * Queues a change that was judged already; without any part it brings the host to what the record says. Throws
 * `ve-state-forbids`.
 */
export function enqueueChange(
  {
    on,
    ve,
    about,
  }: Pick<VeCommand, 'on' | 've'> & {
    about: Omit<VeCommand['about'], 'actor'> & { actor: { userId: string | null; name: string } }
  },
  change: VeChange,
  more: Part & { title?: string; secret?: { rootPassword: string } | undefined } = {},
): Promise<{ operationId: string }> {
  const { title = `Change ${ve.name}`, secret, planId, parentId } = more
  return enqueueOperation(on, {
    type: 've-configure',
    input: { veId: ve.id, change },
    title,
    ...about,
    planId: planId ?? null,
    parentId: parentId ?? null,
    ...(secret ? { secret } : {}),
  })
}
