'use client'
import { useState } from 'react'
import type { HostMeans } from '../../../../_components/ves/host-means.ts'
import { InterfaceFields, type PoolChoice } from '../../../../_components/ves/interface-fields.tsx'
import { addInterfaceAction } from '../../../../_components/ves/ve-interface-action.ts'
import { FormShell } from '../../../../_forms/form-shell.tsx'
import { useFormAction } from '../../../../_forms/use-form-action.ts'
import { notify } from '../../../../_ui/notify.ts'

type VeInterfaceFormProps = {
  veId: string
  pools: PoolChoice[]
  /** Its host, where the viewer may see that. */
  hosts: HostMeans[]
  nextName: string
  provider: boolean
  disabledReason: string | null
}

export function VeInterfaceForm(props: VeInterfaceFormProps) {
  /** Another key is another form: empty again, and with an idempotency key of its own. */
  const [asked, setAsked] = useState(0)
  return <Fields key={asked} {...props} onDone={() => setAsked(asked + 1)} />
}

function Fields({ veId, disabledReason, onDone, ...fields }: VeInterfaceFormProps & { onDone: () => void }) {
  const { pending, problem, submit } = useFormAction(addInterfaceAction, () => {
    notify({ title: 'The interface is asked for.' })
    onDone()
  })
  return (
    <FormShell
      label="Add an interface"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Add interface"
      pendingLabel="Asking…"
      disabledReason={disabledReason}
    >
      <input type="hidden" name="veId" value={veId} />
      <InterfaceFields {...fields} prefix="" />
    </FormShell>
  )
}
