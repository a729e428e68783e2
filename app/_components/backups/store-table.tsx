'use client'
import { useState } from 'react'
import type { BackupStoreResource } from '@/lib/backups/resource.ts'
import { formatBytes } from '@/lib/contract/units.ts'
import { ConfirmForm } from '../../_forms/confirm-form.tsx'
import { Button } from '../../_ui/button.tsx'
import { Dialog } from '../../_ui/dialog.tsx'
import { notify } from '../../_ui/notify.ts'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { useAct } from '../use-act.ts'
import { checkStoreAction, removeStoreAction } from './backup-action.ts'
import { StoreStateBadge } from './backup-state.tsx'

type StoreTableProps = { stores: readonly BackupStoreResource[]; disabledReason: string | null }

export function StoreTable({ stores, disabledReason }: StoreTableProps) {
  return (
    <Table
      caption="Stores of backups"
      head={
        <>
          <HeadCell>Name</HeadCell>
          <HeadCell className="w-32">State</HeadCell>
          <HeadCell>Directory</HeadCell>
          <HeadCell className="text-right">Backups</HeadCell>
          <HeadCell className="text-right">Free</HeadCell>
          <HeadCell className="text-right">
            <span className="sr-only">Actions</span>
          </HeadCell>
        </>
      }
    >
      {stores.map((store) => (
        <Row key={store.id}>
          <Cell lead className="max-w-80">
            <span className="wrap-long font-medium">{store.name}</span>
            {store.problem ? <p className="wrap-long text-danger text-sm">{store.problem.detail}</p> : null}
          </Cell>
          <Cell label="State">
            <StoreStateBadge state={store.state} />
          </Cell>
          <Cell label="Directory" className="wrap-long font-mono text-sm">
            {`${store.host.name}:${store.path}`}
          </Cell>
          <Cell label="Backups" numeric>
            {store.backups}
          </Cell>
          <Cell label="Free" numeric className="whitespace-nowrap">
            {store.freeBytes === null ? '–' : formatBytes(store.freeBytes)}
          </Cell>
          <Cell>
            <StoreActions store={store} disabledReason={disabledReason} />
          </Cell>
        </Row>
      ))}
    </Table>
  )
}

function StoreActions({
  store,
  disabledReason,
}: {
  store: BackupStoreResource
  disabledReason: string | null
}) {
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  const checking = useAct(checkStoreAction, () => notify({ title: `Check ${store.name}: asked for.` }))
  const inUse = store.backups > 0 ? 'There are backups in it: delete them first.' : null
  return (
    <div className="flex gap-1 max-md:-ml-3 md:justify-end">
      <Button look="quiet" disabledReason={disabledReason} onClick={() => checking.act({ id: store.id })}>
        Check
      </Button>
      <Button look="quiet" disabledReason={disabledReason ?? inUse} onClick={() => setOpen(true)}>
        Remove…
      </Button>
      <Dialog open={open} onClose={close} title={`Remove ${store.name}?`}>
        <ConfirmForm
          id={store.id}
          name={store.name}
          verb="Remove"
          action={removeStoreAction}
          onDone={close}
          onCancel={close}
        >
          The directory stays on its host as it is.
        </ConfirmForm>
      </Dialog>
    </div>
  )
}
