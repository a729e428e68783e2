'use client'
import { useState } from 'react'
import { ConfirmForm } from '../../_forms/confirm-form.tsx'
import { Button } from '../../_ui/button.tsx'
import { Dialog } from '../../_ui/dialog.tsx'
import { notify } from '../../_ui/notify.ts'
import { removeKeptAction } from './move-action.ts'

type KeptDiskRemoveProps = { id: string; hostName: string; veName: string; disabledReason: string | null }

export function KeptDiskRemove({ id, hostName, veName, disabledReason }: KeptDiskRemoveProps) {
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      <Button look="quiet" disabledReason={disabledReason} onClick={() => setOpen(true)}>
        Remove it…
      </Button>
      <Dialog open={open} onClose={close} title={`Remove the disk that ${hostName} keeps?`}>
        <ConfirmForm
          id={id}
          name={`the disk on ${hostName}`}
          verb="Remove"
          action={removeKeptAction}
          onDone={() => {
            close()
            notify({ title: `The disk on ${hostName} is being removed.` })
          }}
          onCancel={close}
        >
          <p>
            What {veName} had on its disk when it left {hostName} is gone then, for good. The VE itself, where
            it is now, is not touched.
          </p>
        </ConfirmForm>
      </Dialog>
    </>
  )
}
