'use client'
import { useState } from 'react'
import type { VeInterfaceResource } from '@/lib/ves/resource.ts'
import { FieldRow, TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { shownMegabits } from '../../_forms/read-form.ts'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { Button } from '../../_ui/button.tsx'
import { Dialog } from '../../_ui/dialog.tsx'
import { notify } from '../../_ui/notify.ts'
import { changeInterfaceAction, removeInterfaceAction } from './ve-interface-action.ts'

type Props = {
  veId: string
  each: VeInterfaceResource
  /** Whoever sells to the VE's owner sets rates. */
  above: boolean
  disabledReason: string | null
}

export function VeInterfaceActions({ veId, each, above, disabledReason }: Props) {
  const [open, setOpen] = useState<'change' | 'remove' | null>(null)
  const close = () => setOpen(null)
  const reason = each.pending ? 'It is on its way.' : disabledReason
  return (
    <div className="flex gap-1 max-md:-ml-3 md:justify-end">
      <Button look="quiet" disabledReason={reason} onClick={() => setOpen('change')}>
        Change…
      </Button>
      <Button look="quiet" disabledReason={reason} onClick={() => setOpen('remove')}>
        Remove…
      </Button>
      <Dialog open={open === 'change'} onClose={close} title={`Change ${each.ifname}`}>
        <ChangeForm veId={veId} each={each} above={above} onClose={close} />
      </Dialog>
      <Dialog open={open === 'remove'} onClose={close} title={`Take ${each.ifname} away?`}>
        <RemoveForm veId={veId} each={each} onClose={close} />
      </Dialog>
    </div>
  )
}

type FormProps = { veId: string; each: VeInterfaceResource; onClose: () => void }

function ChangeForm({ veId, each, above, onClose }: FormProps & { above: boolean }) {
  const { pending, problem, submit } = useFormAction(changeInterfaceAction, () => {
    notify({ title: `The change of ${each.ifname} is asked for.` })
    onClose()
  })
  return (
    <FormShell
      label={`Change ${each.ifname}`}
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Change it"
      pendingLabel="Asking…"
      onCancel={onClose}
    >
      <input type="hidden" name="veId" value={veId} />
      <input type="hidden" name="interfaceId" value={each.id} />
      <TextField
        name="addresses"
        label="Addresses"
        mono
        defaultValue={each.addresses.map(({ address }) => address).join(' ')}
        hint="Those that are left out are given back."
      />
      <FieldRow>
        {above ? (
          <>
            <TextField
              name="rate.inBits"
              label="Rate in, Mbit/s"
              optional
              inputMode="decimal"
              defaultValue={shownMegabits(each.rate.inBits)}
              placeholder="unlimited"
            />
            <TextField
              name="rate.outBits"
              label="Rate out, Mbit/s"
              optional
              inputMode="decimal"
              defaultValue={shownMegabits(each.rate.outBits)}
              placeholder="unlimited"
            />
          </>
        ) : null}
        {each.kind === 'bridged' ? (
          <>
            <TextField
              name="gateway4"
              label="IPv4 gateway"
              optional
              mono
              defaultValue={each.gateway4 ?? '-'}
              hint="A dash for none."
            />
            <TextField
              name="gateway6"
              label="IPv6 gateway"
              optional
              mono
              defaultValue={each.gateway6 ?? '-'}
            />
          </>
        ) : null}
      </FieldRow>
    </FormShell>
  )
}

function RemoveForm({ veId, each, onClose }: FormProps) {
  const { pending, problem, submit } = useFormAction(removeInterfaceAction, () => {
    notify({ title: `${each.ifname} is being taken away.` })
    onClose()
  })
  const given = [...each.addresses, ...each.prefixes].map(({ address }) => address)
  return (
    <>
      <p className="mb-4">
        {given.length === 0
          ? 'Connections through it end at once.'
          : `Connections through it end at once, and others may get ${given.join(', ')}.`}
      </p>
      <FormShell
        label={`Take ${each.ifname} away`}
        pending={pending}
        problem={problem}
        onSubmit={submit}
        submitLabel="Take it away"
        submitLook="danger"
        pendingLabel="Asking…"
        onCancel={onClose}
      >
        <input type="hidden" name="veId" value={veId} />
        <input type="hidden" name="interfaceId" value={each.id} />
      </FormShell>
    </>
  )
}
