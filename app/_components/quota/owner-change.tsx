'use client'
import { useCallback, useState } from 'react'
import type { QuotaOwner } from '@/lib/contract/quota.ts'
import { Button } from '../../_ui/button.tsx'
import { Dialog } from '../../_ui/dialog.tsx'
import { OwnerForm } from './owner-form.tsx'

export function OwnerChange({
  veId,
  owner,
  disabledReason,
}: {
  veId: string
  owner: QuotaOwner
  disabledReason: string | null
}) {
  const [open, setOpen] = useState(false)
  const close = useCallback(() => setOpen(false), [])
  const name = owner.name ?? String(owner.id)
  return (
    <div className="max-md:-ml-3 md:text-right">
      <Button
        look="quiet"
        aria-label={`Change limits of ${owner.kind} ${name}`}
        disabledReason={disabledReason}
        onClick={() => setOpen(true)}
      >
        Change…
      </Button>
      <Dialog open={open} onClose={close} title={`Limits of ${owner.kind} ${name}`}>
        <OwnerForm
          veId={veId}
          owner={owner}
          disabledReason={disabledReason}
          onDone={close}
          onCancel={close}
        />
      </Dialog>
    </div>
  )
}
