'use client'
import { ConfirmForm } from '../../_forms/confirm-form.tsx'
import { destroyVeAction } from './ve-action.ts'
import type { VeSubject } from './ve-subject.ts'

type VeDestroyFormProps = { ve: VeSubject; onDone: () => void; onCancel: () => void }

export function VeDestroyForm({ ve, onDone, onCancel }: VeDestroyFormProps) {
  return (
    <ConfirmForm
      id={ve.id}
      name={ve.name}
      verb="Destroy"
      action={destroyVeAction}
      confirm
      onDone={onDone}
      onCancel={onCancel}
    >
      <p>What will be lost, for good:</p>
      <ul className="mt-1 list-disc pl-5">
        {ve.lost.map((thing) => (
          <li key={thing} className="wrap-long">
            {thing}
          </li>
        ))}
      </ul>
    </ConfirmForm>
  )
}
