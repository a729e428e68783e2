'use client'
import { useRouter } from 'next/navigation'
import { paths } from '@/lib/paths.ts'
import { FieldGroup, FieldRow, TextField } from '../../../_forms/fields.tsx'
import { FormShell } from '../../../_forms/form-shell.tsx'
import { useFormAction } from '../../../_forms/use-form-action.ts'
import { probeHostAction } from './action.ts'
import { flowHref } from './flow.ts'

/** Step 1: where it is. Nothing secret is asked for. */
export function AddressStep({ given }: { given: Record<string, string | string[] | undefined> }) {
  const router = useRouter()
  const { pending, problem, submit } = useFormAction(probeHostAction, ({ operationId, place }) =>
    router.push(flowHref({ ...place, probe: operationId })),
  )
  const before = (name: string, otherwise?: string) => String(given[name] ?? otherwise ?? '')
  return (
    <FormShell
      label="Add host"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Look at host"
      pendingLabel="Looking…"
      cancelHref={paths.hosts()}
    >
      <FieldGroup title="Where it is">
        <TextField
          name="name"
          label="Name"
          defaultValue={before('name')}
          hint="What it is called in Corral."
        />
        <FieldRow>
          <TextField
            name="address"
            label="Address"
            mono
            defaultValue={before('address')}
            hint="An IP address or a DNS name."
          />
          <TextField
            name="port"
            label="SSH port"
            mono
            inputMode="numeric"
            defaultValue={before('port', '22')}
          />
        </FieldRow>
        <TextField
          name="user"
          label="User"
          mono
          defaultValue={before('user', 'root')}
          hint="root, or a user whose sudo allows every command."
        />
      </FieldGroup>
    </FormShell>
  )
}
