'use client'
import { Archive } from 'lucide-react'
import { useState } from 'react'
import { SelectField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { Button } from '../../_ui/button.tsx'
import { Dialog } from '../../_ui/dialog.tsx'
import { notify } from '../../_ui/notify.ts'
import { backUpAction } from './backup-action.ts'

type BackUpNowProps = {
  ve: { id: string; name: string }
  /** Those on its host that can be used. */
  stores: readonly { id: string; name: string }[]
  disabledReason: string | null
}

export function BackUpNow({ ve, stores, disabledReason }: BackUpNowProps) {
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      <Button look="primary" disabledReason={disabledReason} onClick={() => setOpen(true)}>
        <Archive aria-hidden className="size-3.5" />
        Back up now…
      </Button>
      <Dialog open={open} onClose={close} title={`Back up ${ve.name}`}>
        <BackUpForm ve={ve} stores={stores} onClose={close} />
      </Dialog>
    </>
  )
}

function BackUpForm({
  ve,
  stores,
  onClose,
}: Omit<BackUpNowProps, 'disabledReason'> & { onClose: () => void }) {
  const { pending, problem, submit } = useFormAction(backUpAction, () => {
    notify({ title: `A backup of ${ve.name} is asked for.` })
    onClose()
  })
  return (
    <>
      <p className="mb-4 max-w-[60ch]">
        A VE that runs stands still for a moment while its disk is copied; compressing the copy goes on beside
        it. The backup holds the disk and the settings, not the memory.
      </p>
      <FormShell
        label={`Back up ${ve.name}`}
        pending={pending}
        problem={problem}
        onSubmit={submit}
        submitLabel="Back it up"
        pendingLabel="Asking…"
        onCancel={onClose}
      >
        <input type="hidden" name="veId" value={ve.id} />
        <SelectField name="storeId" label="Store">
          {stores.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      </FormShell>
    </>
  )
}
