'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { paths } from '@/lib/paths.ts'
import { ConfirmForm } from '../../_forms/confirm-form.tsx'
import { SelectField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { Button } from '../../_ui/button.tsx'
import { Dialog } from '../../_ui/dialog.tsx'
import { buildTemplateAction, removeTemplateAction } from './template-action.ts'

export type BuilderChoice = { id: string; label: string; obstacle: string | null }

type TemplateActionsProps = {
  id: string
  name: string
  builders: BuilderChoice[]
  buildReason: string | null
  removeReason: string | null
}

export function TemplateActions({ id, name, builders, buildReason, removeReason }: TemplateActionsProps) {
  const [open, setOpen] = useState<'build' | 'remove' | null>(null)
  return (
    <>
      <Button disabledReason={buildReason} onClick={() => setOpen('build')}>
        Build on a host…
      </Button>
      <Button disabledReason={removeReason} onClick={() => setOpen('remove')}>
        Remove…
      </Button>
      <Dialog open={open === 'build'} onClose={() => setOpen(null)} title={`Build ${name} on a host`}>
        <BuildForm id={id} builders={builders} onCancel={() => setOpen(null)} />
      </Dialog>
      <Dialog open={open === 'remove'} onClose={() => setOpen(null)} title={`Remove ${name}?`}>
        <RemoveForm id={id} name={name} onCancel={() => setOpen(null)} />
      </Dialog>
    </>
  )
}

type BuildFormProps = { id: string; builders: BuilderChoice[]; onCancel: () => void }

function BuildForm({ id, builders, onCancel }: BuildFormProps) {
  const router = useRouter()
  const { pending, problem, submit } = useFormAction(buildTemplateAction, ({ operationId }) =>
    router.push(paths.operation(operationId)),
  )
  return (
    <FormShell
      label="Build template"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Build"
      pendingLabel="Asking…"
      onCancel={onCancel}
    >
      <input type="hidden" name="id" value={id} />
      <SelectField
        name="hostId"
        label="Host"
        hint="Where it is built already, it is built anew; VEs keep what they have."
      >
        {builders.map((host) => (
          <option key={host.id} value={host.id} disabled={host.obstacle !== null}>
            {host.obstacle === null ? host.label : `${host.label} – ${host.obstacle}`}
          </option>
        ))}
      </SelectField>
    </FormShell>
  )
}

function RemoveForm({ id, name, onCancel }: { id: string; name: string; onCancel: () => void }) {
  const router = useRouter()
  const onDone = () => router.push(paths.templates())
  return (
    <ConfirmForm
      id={id}
      name={name}
      verb="Remove"
      action={removeTemplateAction}
      confirm
      onDone={onDone}
      onCancel={onCancel}
    >
      What will be lost: its definition, and the history of VEs that were made from it and are destroyed. No
      VE uses it now.
    </ConfirmForm>
  )
}
