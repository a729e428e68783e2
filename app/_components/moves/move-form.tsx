'use client'
import { useId } from 'react'
import { MOVE_KIND, MOVE_KINDS } from '@/lib/contract/moves.ts'
import type { MoveCheck } from '@/lib/moves/resource.ts'
import { SwitchField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { Callout } from '../../_ui/callout.tsx'
import { notify } from '../../_ui/notify.ts'
import { moveVeAction } from './move-action.ts'

type MoveFormProps = {
  ve: { id: string; name: string }
  host: { id: string; name: string }
  from: string
  check: Pick<MoveCheck, 'before' | 'possible'>
  disabledReason: string | null
}

/** A restart breaks connections: it is offered, and never chosen for anybody. */
export function MoveForm({ ve, host, from, check, disabledReason }: MoveFormProps) {
  const id = useId()
  const { pending, problem, submit } = useFormAction(moveVeAction, () =>
    notify({ title: `The move of ${ve.name} to ${host.name} is asked for.` }),
  )
  const kinds = MOVE_KINDS.filter((kind) => (check.before === 'running' ? kind !== 'cold' : kind === 'cold'))
  const possible = kinds.filter((kind) => check.possible.includes(kind))
  const onlyRestart = possible.length === 1 && possible[0] === 'restart'
  return (
    <FormShell
      label={`Move ${ve.name} to ${host.name}`}
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel={`Move to ${host.name}`}
      pendingLabel="Asking…"
      disabledReason={disabledReason ?? (possible.length === 0 ? 'Something stands in the way.' : null)}
    >
      <input type="hidden" name="veId" value={ve.id} />
      <input type="hidden" name="hostId" value={host.id} />
      {onlyRestart ? (
        <Callout tone="caution" title="It cannot move live">
          With a restart it can: it is stopped, and its connections break.
        </Callout>
      ) : null}
      <fieldset data-field="kind" className="grid gap-2">
        <legend className="mb-1 font-medium text-sm">How</legend>
        {kinds.map((kind) => (
          <label key={kind} className="flex items-start gap-2">
            <input
              type="radio"
              name="kind"
              value={kind}
              disabled={!possible.includes(kind)}
              defaultChecked={kind !== 'restart' && possible.includes(kind)}
              aria-describedby={`${id}-${kind}`}
              className="mt-0.75 size-3.5 shrink-0 accent-accent"
            />
            <span className="wrap-long">
              {MOVE_KIND[kind].label}
              <span id={`${id}-${kind}`} className="block text-content-muted text-sm">
                {MOVE_KIND[kind].text}
              </span>
            </span>
          </label>
        ))}
        {problem?.fields?.kind ? <p className="text-danger text-sm">{problem.fields.kind}</p> : null}
      </fieldset>
      <SwitchField
        name="keep"
        label={`Keep its disk on ${from} too`}
        hint="As it was when it left. It can never be started there, and takes its space until it is removed."
      />
    </FormShell>
  )
}
