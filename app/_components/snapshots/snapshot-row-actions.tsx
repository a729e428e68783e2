'use client'
import { useState } from 'react'
import { ConfirmForm } from '../../_forms/confirm-form.tsx'
import { Button } from '../../_ui/button.tsx'
import { Dialog } from '../../_ui/dialog.tsx'
import { notify } from '../../_ui/notify.ts'
import { deleteSnapshotAction } from './snapshot-action.ts'
import { SnapshotCloneForm } from './snapshot-clone-form.tsx'
import { SnapshotMenu, type SnapshotMount } from './snapshot-menu.tsx'
import { type RollbackTo, type RollbackVe, SnapshotRollbackForm } from './snapshot-rollback-form.tsx'

type SnapshotRowActionsProps = {
  ve: RollbackVe
  snapshot: RollbackTo
  rollBackReason: string | null
  deleteReason: string | null
  cloneReason: string | null
  mount: SnapshotMount | null
}

export function SnapshotRowActions({
  ve,
  snapshot,
  rollBackReason,
  deleteReason,
  cloneReason,
  mount,
}: SnapshotRowActionsProps) {
  const [open, setOpen] = useState<'rollBack' | 'delete' | 'clone' | null>(null)
  const close = () => setOpen(null)
  const done = (what: string) => () => {
    close()
    notify({ title: `${what} “${snapshot.name}”: asked for.` })
  }
  return (
    <div className="flex gap-1 max-md:-ml-3 md:justify-end">
      <Button look="quiet" disabledReason={rollBackReason} onClick={() => setOpen('rollBack')}>
        Roll back…
      </Button>
      <Button look="quiet" disabledReason={deleteReason} onClick={() => setOpen('delete')}>
        Delete…
      </Button>
      <SnapshotMenu
        id={snapshot.id}
        name={snapshot.name}
        cloneReason={cloneReason}
        onClone={() => setOpen('clone')}
        mount={mount}
      />
      <Dialog open={open === 'clone'} onClose={close} title={`Create a VE from “${snapshot.name}”`}>
        <SnapshotCloneForm ve={ve} snapshot={snapshot} onCancel={close} />
      </Dialog>
      <Dialog
        open={open === 'rollBack'}
        onClose={close}
        title={`Roll ${ve.name} back to “${snapshot.name}”?`}
      >
        <SnapshotRollbackForm ve={ve} snapshot={snapshot} onDone={done('Roll back to')} onCancel={close} />
      </Dialog>
      <Dialog open={open === 'delete'} onClose={close} title={`Delete “${snapshot.name}”?`}>
        <ConfirmForm
          id={snapshot.id}
          name={snapshot.name}
          verb="Delete"
          action={deleteSnapshotAction}
          onDone={done('Delete')}
          onCancel={close}
        >
          <p>
            What {ve.name} was at {snapshot.taken} can then not be brought back. The VE itself and its other
            snapshots stay as they are.
          </p>
        </ConfirmForm>
      </Dialog>
    </div>
  )
}
