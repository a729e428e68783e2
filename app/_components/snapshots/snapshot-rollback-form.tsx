'use client'
import type { ReactNode } from 'react'
import type { LimitDifference } from '@/lib/limits/limit-differences.ts'
import { SwitchField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { Callout } from '../../_ui/callout.tsx'
import { LimitDifferenceList } from '../plans/limit-difference-list.tsx'
import { ApplyLimits } from '../resources/apply-limits.tsx'
import type { Typed } from '../resources/typed-limits.ts'
import { rollBackAction } from './snapshot-action.ts'

/** Of a VE, as far as going back to a snapshot is concerned. */
export type RollbackVe = {
  id: string
  name: string
  runs: boolean
  hibernated: boolean
  /** Why its limits cannot be changed by the viewer now. */
  limitsReason: string | null
}
export type RollbackTo = {
  id: string
  name: string
  memory: boolean
  /** When it was taken, as it is shown. */
  taken: ReactNode
  /** Its limits now, and those of then. */
  differences: readonly LimitDifference[]
  /** Those of then, where they differ. */
  typed: Typed
}

type RollbackFormProps = { ve: RollbackVe; snapshot: RollbackTo; onDone: () => void; onCancel: () => void }

/** Says what going back loses, and from when. */
export function SnapshotRollbackForm({ ve, snapshot, onDone, onCancel }: RollbackFormProps) {
  const { pending, problem, submit } = useFormAction(rollBackAction, onDone)
  const { memory, differences } = snapshot
  return (
    <>
      <div className="mb-4 grid gap-2">
        <p>
          Its disk becomes what it was at {snapshot.taken}. Everything that was written to it since is lost,
          for good.
        </p>
        <Meanwhile ve={ve} />
        <p>
          {memory
            ? 'Its programs go on where they were then. Connections to other machines are broken.'
            : 'Its programs begin anew, as after a power cut at that moment.'}{' '}
          Its snapshots stay, this one too. To be able to come back to now, take another first.
        </p>
      </div>
      {differences.length > 0 ? <Differences ve={ve} snapshot={snapshot} /> : null}
      <FormShell
        label={`Roll ${ve.name} back`}
        pending={pending}
        problem={problem}
        onSubmit={submit}
        submitLabel="Roll it back"
        submitLook="danger"
        pendingLabel="Asking…"
        onCancel={onCancel}
      >
        <input type="hidden" name="id" value={snapshot.id} />
        {ve.hibernated ? <input type="hidden" name="discardMemory" value="on" /> : null}
        <SwitchField
          name="start"
          label={memory ? 'Resume it afterwards' : 'Start it afterwards'}
          defaultChecked={ve.runs}
          hint={memory ? 'Else it is hibernated, until you resume it.' : 'Else it stays stopped.'}
        />
      </FormShell>
    </>
  )
}

function Meanwhile({ ve: { runs, hibernated } }: { ve: RollbackVe }) {
  if (runs) return <p>It is stopped first: whoever uses it is cut off.</p>
  return hibernated ? <p>The memory that it was hibernated with is thrown away.</p> : null
}

function Differences({ ve, snapshot }: { ve: RollbackVe; snapshot: RollbackTo }) {
  return (
    <div className="mb-4">
      <Callout title="Its limits were others then">
        <p>They stay as they are now. Now, and then:</p>
        <div className="my-2">
          <LimitDifferenceList differences={snapshot.differences} />
        </div>
        <ApplyLimits
          veId={ve.id}
          typed={snapshot.typed}
          label="Give it the limits of then"
          disabledReason={ve.limitsReason}
        />
      </Callout>
    </div>
  )
}
