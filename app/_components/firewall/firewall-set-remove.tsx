'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { paths } from '@/lib/paths.ts'
import { ConfirmForm } from '../../_forms/confirm-form.tsx'
import { Button } from '../../_ui/button.tsx'
import { Dialog } from '../../_ui/dialog.tsx'
import { removeFirewallSetAction } from './firewall-set-action.ts'

type Props = { id: string; name: string; disabledReason: string | null }

export function FirewallSetRemove({ id, name, disabledReason }: Props) {
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
          action={removeFirewallSetAction}
          onDone={() => router.push(paths.firewallSets())}
          onCancel={close}
        >
          Its rules are lost. No VE refers to it.
        </ConfirmForm>
      </Dialog>
    </>
  )
}
