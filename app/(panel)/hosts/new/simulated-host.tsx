'use client'
import { useRouter } from 'next/navigation'
import { paths } from '@/lib/paths.ts'
import { TextField } from '../../../_forms/fields.tsx'
import { FormShell } from '../../../_forms/form-shell.tsx'
import { useFormAction } from '../../../_forms/use-form-action.ts'
import { addSimulatedHostAction } from './action.ts'

/** For trying the panel without a machine. */
export function SimulatedHost() {
  const router = useRouter()
  const { pending, problem, submit } = useFormAction(addSimulatedHostAction, ({ operationId }) =>
    router.push(paths.operation(operationId)),
  )
  return (
    <details className="mt-8 max-w-3xl">
      <summary className="text-content-muted hover:text-content">
        No machine at hand? Add a simulated host
      </summary>
      <p className="my-3 text-content-muted">
        It exists only inside Corral and is labelled so everywhere. Its VEs look alive, and run nowhere.
      </p>
      <FormShell
        label="Add simulated host"
        pending={pending}
        problem={problem}
        onSubmit={submit}
        submitLabel="Add simulated host"
        pendingLabel="Adding…"
      >
        <TextField name="name" label="Name of the simulated host" />
      </FormShell>
    </details>
  )
}
