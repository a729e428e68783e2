'use client'
import type { BackupScheduleResource } from '@/lib/backups/resource.ts'
import { FieldRow, SelectField, TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { notify } from '../../_ui/notify.ts'
import { setScheduleAction } from './backup-action.ts'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

type ScheduleFormProps = {
  veId: string
  schedule: BackupScheduleResource | null
  disabledReason: string | null
}

export function ScheduleForm({ veId, schedule, disabledReason }: ScheduleFormProps) {
  const { pending, problem, submit } = useFormAction(setScheduleAction, () =>
    notify({ title: 'The schedule is saved.' }),
  )
  const every = schedule === null ? 'never' : schedule.every === 'day' ? 'day' : String(schedule.weekday)
  return (
    <FormShell
      label="Schedule of backups"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Save the schedule"
      pendingLabel="Saving…"
      disabledReason={disabledReason}
    >
      <input type="hidden" name="veId" value={veId} />
      <SelectField name="every" label="Taken" defaultValue={every}>
        <option value="never">never by itself</option>
        <option value="day">every day</option>
        {DAYS.map((day, index) => (
          <option key={day} value={index}>
            {`every ${day}`}
          </option>
        ))}
      </SelectField>
      <FieldRow>
        <SelectField name="hour" label="Hour" hint="In UTC." defaultValue={schedule?.hour ?? 3}>
          {HOURS.map((hour) => (
            <option key={hour} value={hour}>
              {`${String(hour).padStart(2, '0')}:00`}
            </option>
          ))}
        </SelectField>
        <TextField
          name="keep"
          label="Keep"
          inputMode="numeric"
          hint="So many of those that it has taken stay. Others are never removed by it."
          defaultValue={schedule?.keep ?? 7}
        />
      </FieldRow>
    </FormShell>
  )
}
