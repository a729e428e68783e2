'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { paths } from '@/lib/paths.ts'
import { ConfirmForm } from '../../_forms/confirm-form.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { Button } from '../../_ui/button.tsx'
import { buttonClass } from '../../_ui/button-class.ts'
import { Dialog } from '../../_ui/dialog.tsx'
import { notify } from '../../_ui/notify.ts'
import { removePlanAction, rollOutAction } from './plan-action.ts'

type PlanActionsProps = {
  id: string
  name: string
  version: number
  outdated: number
  versionReason: string | null
  rollOutReason: string | null
  removeReason: string | null
}

export function PlanActions(props: PlanActionsProps) {
  const { id, name, version, versionReason, rollOutReason, removeReason } = props
  const router = useRouter()
  const [open, setOpen] = useState<'roll-out' | 'remove' | null>(null)
  const close = () => setOpen(null)
  return (
    <>
      <Button disabledReason={rollOutReason} onClick={() => setOpen('roll-out')}>
        Roll out…
      </Button>
      {versionReason === null ? (
        <Link href={paths.planVersionNew(id)} prefetch={false} className={buttonClass()}>
          New version
        </Link>
      ) : (
        <Button disabledReason={versionReason}>New version</Button>
      )}
      <Button disabledReason={removeReason} onClick={() => setOpen('remove')}>
        Remove…
      </Button>
      <Dialog open={open === 'roll-out'} onClose={close} title={`Roll out version ${version} of ${name}`}>
        <RollOutForm {...props} onCancel={close} />
      </Dialog>
      <Dialog open={open === 'remove'} onClose={close} title={`Remove ${name}?`}>
        <ConfirmForm
          id={id}
          name={name}
          verb="Remove"
          action={removePlanAction}
          onDone={() => router.push(paths.plans())}
          onCancel={close}
        >
          Its versions are lost. No VE uses it.
        </ConfirmForm>
      </Dialog>
    </>
  )
}

function RollOutForm({ id, version, outdated, onCancel }: PlanActionsProps & { onCancel: () => void }) {
  const { pending, problem, submit } = useFormAction(rollOutAction, () => {
    notify({ title: 'The roll-out begins.' })
    onCancel()
  })
  const count = `${outdated} ${outdated === 1 ? 'VE uses' : 'VEs use'}`
  return (
    <FormShell
      label="Roll out"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Roll out"
      pendingLabel="Asking…"
      onCancel={onCancel}
    >
      <input type="hidden" name="id" value={id} />
      <p>
        {count} an older version and {outdated === 1 ? 'is' : 'are'} given version {version}: one first, then
        a tenth, then the rest. Whatever was changed by hand since is set back to the plan. The first failure
        stops it; what was changed until then stays.
      </p>
    </FormShell>
  )
}
