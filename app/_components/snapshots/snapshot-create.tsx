'use client'
import { Camera } from 'lucide-react'
import { useState } from 'react'
import { SwitchField, TextAreaField, TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { Button } from '../../_ui/button.tsx'
import { Dialog } from '../../_ui/dialog.tsx'
import { notify } from '../../_ui/notify.ts'
import { createSnapshotAction } from './snapshot-action.ts'

type SnapshotCreateProps = {
  ve: { id: string; name: string }
  /** Offered as a name: when it is. */
  suggestedName: string
  /** Why its memory cannot be kept now; null when it can. */
  memoryReason: string | null
  disabledReason: string | null
}

export function SnapshotCreate({ ve, suggestedName, memoryReason, disabledReason }: SnapshotCreateProps) {
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      <Button look="primary" disabledReason={disabledReason} onClick={() => setOpen(true)}>
        <Camera aria-hidden className="size-3.5" />
        Take a snapshot…
      </Button>
      <Dialog open={open} onClose={close} title={`Take a snapshot of ${ve.name}`}>
        <CreateForm ve={ve} suggestedName={suggestedName} memoryReason={memoryReason} onClose={close} />
      </Dialog>
    </>
  )
}

type CreateFormProps = Omit<SnapshotCreateProps, 'disabledReason'> & { onClose: () => void }

function CreateForm({ ve, suggestedName, memoryReason, onClose }: CreateFormProps) {
  const { pending, problem, submit } = useFormAction(createSnapshotAction, () => {
    notify({ title: `A snapshot of ${ve.name} is asked for.` })
    onClose()
  })
  return (
    <FormShell
      label={`Take a snapshot of ${ve.name}`}
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Take it"
      pendingLabel="Asking…"
      onCancel={onClose}
    >
      <input type="hidden" name="veId" value={ve.id} />
      <TextField name="name" label="Name" required defaultValue={suggestedName} autoFocus />
      <TextAreaField name="description" label="Description" optional rows={2} />
      <SwitchField
        name="memory"
        label="Keep its memory too"
        disabled={memoryReason !== null}
        hint={
          memoryReason ??
          'It stands still until its memory is on the disk. Brought back, its programs go on where they are now. Without it, going back is like starting after a power cut: files that were being written may be incomplete.'
        }
      />
    </FormShell>
  )
}
