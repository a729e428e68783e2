'use client'
import { formatBytes } from '@/lib/contract/units.ts'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { stopVeAction } from './ve-action.ts'
import type { VeSubject } from './ve-subject.ts'

type VeDiscardFormProps = { ve: VeSubject; onDone: () => void; onCancel: () => void }

/** Stopping what is hibernated: says what that loses. */
export function VeDiscardForm({ ve, onDone, onCancel }: VeDiscardFormProps) {
  const { pending, problem, submit } = useFormAction(stopVeAction, onDone)
  const memory =
    ve.memoryBytes === null ? 'Its memory' : `Its memory, ${formatBytes(ve.memoryBytes)} on the disk,`
  return (
    <>
      <div className="mb-4 grid gap-2">
        <p>
          {memory} is thrown away, for good. It is as if a machine’s plug had been pulled: its programs are
          gone, and what they had not yet written down is lost. Its files stay.
        </p>
        <p>To let its programs go on instead, resume it.</p>
      </div>
      <FormShell
        label={`Stop ${ve.name}`}
        pending={pending}
        problem={problem}
        onSubmit={submit}
        submitLabel="Throw its memory away"
        submitLook="danger"
        pendingLabel="Stopping…"
        onCancel={onCancel}
      >
        <input type="hidden" name="id" value={ve.id} />
        <input type="hidden" name="discardMemory" value="on" />
      </FormShell>
    </>
  )
}
