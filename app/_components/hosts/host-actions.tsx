'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { paths } from '@/lib/paths.ts'
import { ConfirmForm } from '../../_forms/confirm-form.tsx'
import { Button } from '../../_ui/button.tsx'
import { Dialog } from '../../_ui/dialog.tsx'
import { notify } from '../../_ui/notify.ts'
import { useAct } from '../use-act.ts'
import {
  refreshHostAction,
  removeHostAction,
  setMaintenanceAction,
  upgradeHostAgentAction,
} from './host-action.ts'
import type { HostOffers } from './host-allowed.ts'

type HostActionsProps = { id: string; name: string; maintenance: boolean; offers: HostOffers }

export function HostActions({ id, name, maintenance, offers }: HostActionsProps) {
  const router = useRouter()
  const [removing, setRemoving] = useState(false)
  const watch = ({ operationId }: { operationId: string }) => router.push(paths.operation(operationId))
  const refreshing = useAct(refreshHostAction, watch)
  const upgrading = useAct(upgradeHostAgentAction, watch)
  const maintaining = useAct(setMaintenanceAction, (host) =>
    notify({
      title: host.maintenance ? `${host.name} is in maintenance.` : `${host.name} takes VEs again.`,
    }),
  )
  return (
    <>
      <Button
        pending={maintaining.pending}
        disabledReason={offers.maintenance}
        title={maintenance ? 'New VEs may be placed on it again' : 'Its VEs run on; no other is placed on it'}
        onClick={() => maintaining.act({ id, on: maintenance ? 'no' : 'yes' })}
      >
        {maintenance ? 'End maintenance' : 'Start maintenance'}
      </Button>
      <Button disabledReason={offers.evacuate} onClick={() => router.push(paths.hostEvacuation(id))}>
        Evacuate…
      </Button>
      <Button
        pending={refreshing.pending}
        disabledReason={offers.refresh}
        title="Read facts and capabilities again"
        onClick={() => refreshing.act({ id })}
      >
        Refresh
      </Button>
      <Button
        pending={upgrading.pending}
        disabledReason={offers.upgrade}
        onClick={() => upgrading.act({ id })}
      >
        Upgrade agent
      </Button>
      <Button disabledReason={offers.remove} onClick={() => setRemoving(true)}>
        Remove…
      </Button>
      <Dialog open={removing} onClose={() => setRemoving(false)} title={`Remove ${name}?`}>
        <RemoveForm id={id} name={name} onDone={watch} onCancel={() => setRemoving(false)} />
      </Dialog>
    </>
  )
}

type RemoveFormProps = {
  id: string
  name: string
  onDone: (result: { operationId: string }) => void
  onCancel: () => void
}

function RemoveForm({ id, name, onDone, onCancel }: RemoveFormProps) {
  return (
    <ConfirmForm
      id={id}
      name={name}
      verb="Remove"
      action={removeHostAction}
      confirm
      onDone={onDone}
      onCancel={onCancel}
    >
      Corral forgets this host, its key and its built templates’ records, and takes its own key off the host
      if it answers. Files on the host stay. To have it back, enrol it again.
    </ConfirmForm>
  )
}
