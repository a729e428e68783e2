import { VE_FEATURE, VE_FEATURE_NAMES } from '@/lib/contract/ve-features.ts'
import { CheckField, FieldGroup, FieldRow, TextField } from '../../../_forms/fields.tsx'

/** What most VEs do without. */
export function More() {
  return (
    <details className="rounded-lg border border-line bg-surface-raised px-4 py-3">
      <summary className="cursor-pointer font-semibold">Features, description, boot order</summary>
      <div className="mt-4 grid gap-5">
        <FieldGroup title="Features" note="All off by default; they can be changed later.">
          {VE_FEATURE_NAMES.map((name) => (
            <CheckField
              key={name}
              name={`features.${name}`}
              label={VE_FEATURE[name].label}
              hint={`${VE_FEATURE[name].hint} Risk: ${VE_FEATURE[name].risk}`}
            />
          ))}
        </FieldGroup>
        <FieldGroup title="About it">
          <FieldRow>
            <TextField name="description" label="Description" optional />
            <TextField name="tags" label="Tags" optional hint="Separated by spaces." />
            <TextField
              name="bootOrder"
              label="Boot order"
              optional
              inputMode="numeric"
              placeholder="100"
              hint="Lower ones start first when the host boots."
            />
          </FieldRow>
          <CheckField name="startOnBoot" label="Start it when its host boots" defaultChecked />
        </FieldGroup>
      </div>
    </details>
  )
}
