'use client'
import { useRouter } from 'next/navigation'
import { paths } from '@/lib/paths.ts'
import { CredentialFields } from '../../../_forms/credential-fields.tsx'
import { FormShell } from '../../../_forms/form-shell.tsx'
import { useFormAction } from '../../../_forms/use-form-action.ts'
import { Callout } from '../../../_ui/callout.tsx'
import { addHostAction } from './action.ts'
import { type Flow, startHref } from './flow.ts'

/** Step 3: the fingerprint is confirmed; only now a secret is asked for. */
export function CredentialStep({ flow, fingerprint }: { flow: Flow; fingerprint: string }) {
  const router = useRouter()
  const { pending, problem, submit } = useFormAction(addHostAction, ({ operationId }) =>
    router.push(paths.operation(operationId)),
  )
  return (
    <FormShell
      label="Enrol host"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Enrol host"
      pendingLabel="Asking…"
      cancelHref={startHref(flow)}
    >
      {Object.entries({ ...flow, fingerprint }).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Callout>
        <p>
          <span className="font-medium">{flow.name}</span> at{' '}
          <span className="font-mono text-sm">
            {flow.address} port {flow.port}
          </span>
        </p>
        <p className="font-mono text-content-muted text-sm">{fingerprint}</p>
      </Callout>
      <CredentialFields user={flow.user} />
    </FormShell>
  )
}
