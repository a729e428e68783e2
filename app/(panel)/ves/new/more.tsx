import { VE_FEATURE, VE_FEATURE_NAMES } from '@/lib/contract/ve-features.ts'
import { type HostMeans, lackOf } from '../../../_components/ves/host-means.ts'
import { Hint } from '../../../_components/ves/interface-fields.tsx'
import { Disclosure } from '../../../_forms/disclosure.tsx'
import { FieldRow, SwitchField, TextField } from '../../../_forms/fields.tsx'

/** What most VEs do without. */
export function More({ hosts }: { hosts: readonly HostMeans[] }) {
  return (
    <>
      <Disclosure summary="Features: nested containers, FUSE, TUN/TAP">
        <p className="text-content-muted">
          All off by default; they can be changed later, and so can NFS mounts, devices and extra
          capabilities.
        </p>
        {VE_FEATURE_NAMES.map((name) => {
          const { label, hint, risk, needs } = VE_FEATURE[name]
          const lack = needs === null ? null : lackOf(hosts, needs)
          return (
            <SwitchField
              key={name}
              name={`features.${name}`}
              label={label}
              hint={<Hint text={`${hint} Risk: ${risk}`} lack={lack} />}
            />
          )
        })}
      </Disclosure>
      <Disclosure summary="Tags and start with its host">
        <FieldRow>
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
        <TextField
          name="spreadGroup"
          label="Spread group"
          optional
          hint="VEs with the same word here go to different hosts wherever another host can take them; else they share one."
        />
        <SwitchField name="startOnBoot" label="Start it when its host boots" defaultChecked />
      </Disclosure>
    </>
  )
}
