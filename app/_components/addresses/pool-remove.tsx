'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { paths } from '@/lib/paths.ts'
import { ConfirmForm } from '../../_forms/confirm-form.tsx'
import { Button } from '../../_ui/button.tsx'
import { Dialog } from '../../_ui/dialog.tsx'
import { removePoolAction } from './pool-action.ts'

type Props = { id: string; name: string; disabledReason: string | null }

export function PoolRemove({ id, name, disabledReason }: Props) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      <Button disabledReason={disabledReason} onClick={() => setOpen(true)}>
        Remove…
      </Button>
      <Dialog open={open} onClose={close} title={`Remove ${name}?`}>
        <ConfirmForm
          id={id}
          name={name}
          verb="Remove"
          action={removePoolAction}
          onDone={() => router.push(paths.addresses())}
          onCancel={close}
        >
          Nobody has an address of it. Who had one, and when, stays known.
        </ConfirmForm>
      </Dialog>
    </>
  )
}
