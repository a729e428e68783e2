'use client'
import { useState } from 'react'
import { useOperationEnd } from '../../../../_components/operations/use-operation-end.ts'
import { ProblemCard } from '../../../../_components/problem-card.tsx'
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
  above: boolean
  disabledReason: string | null
}

export function VeInterfaceForm(props: VeInterfaceFormProps) {
  /** Another key is another form: empty again, and with an idempotency key of its own. */
  const [asked, setAsked] = useState<string | null>(null)
  const refused = useOperationEnd(asked)?.problem
  return (
    <>
      <Fields key={asked} {...props} onDone={setAsked} />
      {refused ? (
        <div className="mt-4">
          <ProblemCard problem={refused} />
        </div>
      ) : null}
    </>
  )
}

function Fields({
  veId,
  disabledReason,
  onDone,
  ...fields
}: VeInterfaceFormProps & { onDone: (operationId: string) => void }) {
  const { pending, problem, submit } = useFormAction(addInterfaceAction, ({ operationId }) => {
    notify({ title: 'The interface is asked for.' })
    onDone(operationId)
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
