import { enqueueOperation } from '../operations/enqueue.ts'
import type { VeChange } from './change.ts'
import type { VeCommand } from './on-ve.ts'

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
  more: { title?: string; secret?: { rootPassword: string } | undefined } = {},
): Promise<{ operationId: string }> {
  const { title = `Change ${ve.name}`, secret } = more
  return enqueueOperation(on, {
    type: 've-configure',
    input: { veId: ve.id, change },
    title,
    ...about,
    ...(secret ? { secret } : {}),
  })
}
