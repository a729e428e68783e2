import { AT_ONCE, PER_PAIR } from '@/lib/fleet/planned.ts'
import { FieldRow, TextField } from '../../_forms/fields.tsx'

/** How many moves run at once. */
export function BudgetFields() {
  return (
    <FieldRow>
      <TextField
        name="perPair"
        label="Moves at once between the same two hosts"
        inputMode="numeric"
        defaultValue={String(PER_PAIR.usual)}
        hint={`They share one link. From 1 to ${PER_PAIR.most}.`}
      />
      <TextField
        name="atOnce"
        label="Moves at once in all"
        inputMode="numeric"
        defaultValue={String(AT_ONCE.usual)}
        hint={`From 1 to ${AT_ONCE.most}.`}
      />
    </FieldRow>
  )
}
