'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { paths } from '@/lib/paths.ts'
import { ConfirmForm } from '../../_forms/confirm-form.tsx'
import { SwitchField, TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { Button } from '../../_ui/button.tsx'
import { Dialog } from '../../_ui/dialog.tsx'
import { notify } from '../../_ui/notify.ts'
import { useAct } from '../use-act.ts'
import {
  deleteBackupAction,
  recoverBackupAction,
  restoreBackupAction,
  verifyBackupAction,
} from './backup-action.ts'

export type BackupSubject = {
  id: string
  /** When it was taken, as text. */
  taken: string
  ve: { name: string; runs: boolean; destroyed: boolean }
}

type BackupRowActionsProps = {
  backup: BackupSubject
  restoreReason: string | null
  recoverReason: string | null
  verifyReason: string | null
  deleteReason: string | null
}

export function BackupRowActions({ backup, ...reasons }: BackupRowActionsProps) {
  const [open, setOpen] = useState<'restore' | 'recover' | 'delete' | null>(null)
  const close = () => setOpen(null)
  const { id, taken, ve } = backup
  const verifying = useAct(verifyBackupAction, () =>
    notify({ title: `Verify the backup of ${taken}: asked for.` }),
  )
  const done = (what: string) => () => {
    close()
    notify({ title: `${what} the backup of ${taken}: asked for.` })
  }
  return (
    <div className="flex flex-wrap gap-1 max-md:-ml-3 md:justify-end">
      {ve.destroyed ? null : (
        <Button look="quiet" disabledReason={reasons.restoreReason} onClick={() => setOpen('restore')}>
          Restore…
        </Button>
      )}
      <Button look="quiet" disabledReason={reasons.recoverReason} onClick={() => setOpen('recover')}>
        New VE…
      </Button>
      <Button look="quiet" disabledReason={reasons.verifyReason} onClick={() => verifying.act({ id })}>
        Verify
      </Button>
      <Button look="quiet" disabledReason={reasons.deleteReason} onClick={() => setOpen('delete')}>
        Delete…
      </Button>
      <Dialog open={open === 'restore'} onClose={close} title={`Restore ${ve.name}?`}>
        <RestoreForm backup={backup} onDone={done('Restore')} onCancel={close} />
      </Dialog>
      <Dialog open={open === 'recover'} onClose={close} title={`Make a VE of the backup of ${ve.name}`}>
        <RecoverForm backup={backup} onCancel={close} />
      </Dialog>
      <Dialog open={open === 'delete'} onClose={close} title="Delete this backup?">
        <ConfirmForm
          id={id}
          name="the backup"
          verb="Delete"
          action={deleteBackupAction}
          onDone={done('Delete')}
          onCancel={close}
        >
          <p>{`What ${ve.name} was at ${taken} can then not be brought back from here.`}</p>
        </ConfirmForm>
      </Dialog>
    </div>
  )
}

type FormProps = { backup: BackupSubject; onDone: () => void; onCancel: () => void }

/** Says what going back loses, and from when. */
function RestoreForm({ backup: { id, taken, ve }, onDone, onCancel }: FormProps) {
  const { pending, problem, submit } = useFormAction(restoreBackupAction, onDone)
  return (
    <>
      <div className="mb-4 grid gap-2">
        <p>
          {`Its disk becomes what it was at ${taken}. Everything that was written to it since is lost, for good; its limits, addresses and snapshots stay as they are.`}
        </p>
        {ve.runs ? (
          <p>The backup is verified first; then the VE is stopped: whoever uses it is cut off.</p>
        ) : null}
      </div>
      <FormShell
        label={`Restore ${ve.name}`}
        pending={pending}
        problem={problem}
        onSubmit={submit}
        submitLabel="Restore it"
        submitLook="danger"
        pendingLabel="Asking…"
        onCancel={onCancel}
      >
        <input type="hidden" name="id" value={id} />
        <SwitchField
          name="start"
          label="Start it afterwards"
          defaultChecked={ve.runs}
          hint="Else it stays stopped."
        />
      </FormShell>
    </>
  )
}

function RecoverForm({ backup: { id, taken, ve }, onCancel }: Omit<FormProps, 'onDone'>) {
  const router = useRouter()
  const { pending, problem, submit } = useFormAction(recoverBackupAction, ({ veId }) =>
    router.push(paths.ve(veId)),
  )
  return (
    <>
      <p className="mb-4 max-w-[60ch]">
        {`Another VE with the disk and the settings of ${taken}. Its number and addresses are the next that are free; interfaces, firewall and devices beyond the usual are to be given anew.`}
      </p>
      <FormShell
        label={`Make a VE of the backup of ${ve.name}`}
        pending={pending}
        problem={problem}
        onSubmit={submit}
        submitLabel="Make it"
        pendingLabel="Asking…"
        onCancel={onCancel}
      >
        <input type="hidden" name="id" value={id} />
        <TextField
          name="name"
          label="Name"
          required
          autoFocus
          defaultValue={ve.destroyed ? ve.name : `${ve.name}-restored`}
        />
        <SwitchField name="start" label="Start it" defaultChecked hint="Else it stays stopped." />
      </FormShell>
    </>
  )
}
