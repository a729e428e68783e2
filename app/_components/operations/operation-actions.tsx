'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { paths } from '@/lib/paths.ts'
import { Button } from '../../_ui/button.tsx'
import { Dialog } from '../../_ui/dialog.tsx'
import { notify } from '../../_ui/notify.ts'
import { useAct } from '../use-act.ts'
import { cancelOperationAction, retryOperationAction } from './operation-action.ts'
import type { OperationOffers } from './operation-allowed.ts'
import { OperationReleaseForm } from './operation-release-form.tsx'

export function OperationActions({ id, cancel, retry, release }: { id: string } & OperationOffers) {
  const router = useRouter()
  const [releasing, setReleasing] = useState(false)
  const cancelling = useAct(cancelOperationAction, () =>
    notify({ title: 'Asked to stop; what was begun is undone.' }),
  )
  const retrying = useAct(retryOperationAction, ({ operationId }) => {
    if (operationId !== id) router.push(paths.operation(operationId))
  })
  return (
    <>
      {cancel ? (
        <Button
          pending={cancelling.pending}
          disabledReason={cancel.reason}
          onClick={() => cancelling.act({ id })}
        >
          Cancel
        </Button>
      ) : null}
      {retry ? (
        <Button pending={retrying.pending} disabledReason={retry.reason} onClick={() => retrying.act({ id })}>
          Retry
        </Button>
      ) : null}
      {release ? (
        <Button disabledReason={release.reason} onClick={() => setReleasing(true)}>
          Release…
        </Button>
      ) : null}
      <Dialog open={releasing} onClose={() => setReleasing(false)} title="Give up on this operation?">
        <OperationReleaseForm
          id={id}
          onDone={() => setReleasing(false)}
          onCancel={() => setReleasing(false)}
        />
      </Dialog>
    </>
  )
}
