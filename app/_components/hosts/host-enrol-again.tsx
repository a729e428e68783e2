'use client'
import { useRouter } from 'next/navigation'
import { paths } from '@/lib/paths.ts'
import { CredentialFields } from '../../_forms/credential-fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { retryEnrolmentAction } from './host-action.ts'

/** After an enrolment that failed: the password or key again, for it was wiped. */
export function HostEnrolAgain({ id, user, simulated }: { id: string; user: string; simulated: boolean }) {
  const router = useRouter()
  const { pending, problem, submit } = useFormAction(retryEnrolmentAction, ({ operationId }) =>
    router.push(paths.operation(operationId)),
  )
  return (
    <FormShell
      label="Enrol again"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Enrol again"
      pendingLabel="Asking…"
    >
      <input type="hidden" name="id" value={id} />
      {simulated ? null : <CredentialFields user={user} />}
    </FormShell>
  )
}
