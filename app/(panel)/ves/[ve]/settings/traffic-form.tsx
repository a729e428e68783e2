'use client'
import { formatBytes } from '@/lib/contract/units.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { TRAFFIC_ACTION, TRAFFIC_ACTIONS } from '@/lib/ves/traffic-settings.ts'
import { setTrafficAction } from '../../../../_components/ves/ve-update-action.ts'
import { VeUpdateForm } from '../../../../_components/ves/ve-update-form.tsx'
import { FieldRow, SelectField, TextField } from '../../../../_forms/fields.tsx'
import { shownMegabits } from '../../../../_forms/read-form.ts'

type TrafficFormProps = { veId: string; traffic: VeResource['traffic']; disabledReason: string | null }

export function TrafficForm({ veId, traffic, disabledReason }: TrafficFormProps) {
  return (
    <VeUpdateForm
      title="Monthly traffic"
      note="Both directions together. What happens at the limit lasts until the next reset day, or until the limit is raised."
      veId={veId}
      action={setTrafficAction}
      submitLabel="Save"
      disabledReason={disabledReason}
    >
      <FieldRow>
        <TextField
          name="limitBytes"
          label="Limit"
          optional
          placeholder="none"
          defaultValue={traffic.limitBytes === null ? '' : formatBytes(traffic.limitBytes)}
          hint="Such as 500 GiB or 2T."
        />
        <SelectField name="action" label="At the limit" defaultValue={traffic.action}>
          {TRAFFIC_ACTIONS.map((action) => (
            <option key={action} value={action}>
              {`${TRAFFIC_ACTION[action].label}: ${TRAFFIC_ACTION[action].hint}`}
            </option>
          ))}
        </SelectField>
        <TextField
          name="throttleBits"
          label="Throttled to, Mbit/s"
          inputMode="decimal"
          defaultValue={shownMegabits(traffic.throttleBits)}
        />
        <TextField
          name="resetDay"
          label="Reset day"
          inputMode="numeric"
          defaultValue={String(traffic.resetDay)}
          hint="Of the month, 1 to 28."
        />
      </FieldRow>
    </VeUpdateForm>
  )
}
