import { canAnywhere, canAtProvider, type Viewer } from '@/lib/auth/viewer.ts'
import { isLive } from '@/lib/operations/definition.ts'
import { isPastReturn } from '@/lib/operations/no-return.ts'
import { OPERATIONS } from '@/lib/operations/registry.ts'
import type { OperationResource } from '@/lib/operations/resource.ts'

/** What a button is: absent (null), on (no reason), or off with the reason. */
export type Offer = { reason: string | null } | null

export type OperationOffers = { cancel: Offer; retry: Offer; release: Offer }

/** What can be done to an operation now. The server judges again when it is asked. */
export function operationActions(viewer: Viewer, operation: OperationResource): OperationOffers {
  const forbidden = notAllowed(viewer, operation.type)
  const offer = (reason: string | null): Offer => ({ reason: forbidden ?? reason })
  const { status, type } = operation
  const ended = status === 'failed' || status === 'cancelled'
  return {
    cancel: isLive(status) ? offer(notCancellable(operation)) : null,
    retry:
      status === 'stuck' || ended
        ? offer(
            ended && type === 'host-enrol'
              ? 'The password or key was wiped when it ended: enrol again from the page of the host.'
              : null,
          )
        : null,
    release: status === 'stuck' ? offer(null) : null,
  }
}

function notAllowed(viewer: Viewer, type: OperationResource['type']): string | null {
  if (!canAnywhere(viewer, 'operation:manage')) return 'Your role does not allow you to manage operations.'
  const isOthers = OPERATIONS[type].only === 'provider' && !canAtProvider(viewer, 'operation:manage')
  return isOthers ? 'Only the provider decides on this operation.' : null
}

function notCancellable({ status, type, steps, cancelRequested }: OperationResource): string | null {
  if (isPastReturn(type, steps)) return 'It is too far to turn back.'
  if (cancelRequested) return 'It has been asked to stop.'
  if (status === 'running' && !OPERATIONS[type].cancellable) return 'It cannot be cancelled once it runs.'
  return null
}
