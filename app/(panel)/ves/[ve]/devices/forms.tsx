'use client'
import type { VeDevice, VeNetworkDevice } from '@/lib/contract/ve-devices.ts'
import {
  EXTRA_CAPABILITIES,
  EXTRA_CAPABILITY,
  VE_FEATURE,
  VE_FEATURE_NAMES,
  type VeFeatures,
} from '@/lib/contract/ve-features.ts'
import { updateDevicesAction, updateFeaturesAction } from '../../../../_components/ves/ve-update-action.ts'
import { VeUpdateForm } from '../../../../_components/ves/ve-update-form.tsx'
import { CheckGroup } from '../../../../_forms/check-group.tsx'
import { Disclosure } from '../../../../_forms/disclosure.tsx'
import { CheckField, SwitchField, TextAreaField } from '../../../../_forms/fields.tsx'
import type { Suggestion } from '../../../../_forms/suggest-field.tsx'
import { DeviceRows, NetworkDeviceRows } from './device-rows.tsx'

type FeaturesFormProps = {
  veId: string
  features: VeFeatures
  /** By feature: why the host cannot. */
  obstacles: Record<string, string | null>
  nfsObstacle: string | null
  /** Whoever owns hosts may give more than what stays inside. */
  provider: boolean
  disabledReason: string | null
}

export function FeaturesForm({
  veId,
  features,
  obstacles,
  nfsObstacle,
  provider,
  disabledReason,
}: FeaturesFormProps) {
  return (
    <VeUpdateForm
      title="Features"
      note="Beyond what an ordinary VE may do. A running VE takes them up when it is started again."
      veId={veId}
      action={updateFeaturesAction}
      submitLabel="Save features"
      disabledReason={disabledReason}
    >
      {VE_FEATURE_NAMES.map((name) => (
        <SwitchField
          key={name}
          name={`features.${name}`}
          label={VE_FEATURE[name].label}
          defaultChecked={features[name]}
          hint={`${VE_FEATURE[name].hint} Risk: ${VE_FEATURE[name].risk}${obstacles[name] ? ` Not on its host: ${obstacles[name]}` : ''}`}
        />
      ))}
      <Disclosure summary="Extra capabilities and NFS">
        <CheckGroup
          name="features.capabilities"
          label="Extra capabilities"
          hint={`They count inside the VE only.${provider ? '' : ' Only the provider gives them.'}`}
        >
          {EXTRA_CAPABILITIES.map((name) => (
            <CheckField
              key={name}
              name={`features.capabilities.${name}`}
              label={name}
              hint={EXTRA_CAPABILITY[name]}
              defaultChecked={features.capabilities.includes(name)}
            />
          ))}
        </CheckGroup>
        <TextAreaField
          name="features.nfs"
          label="NFS mounts"
          optional
          rows={3}
          defaultValue={features.nfs.map(shownMount).join('\n')}
          placeholder="nas.example.org:/export/data /srv/data ro"
          hint={`One a line. The host mounts them for the VE, in the VE’s network.${provider ? '' : ' Only the provider adds one.'}${nfsObstacle ? ` Not on its host: ${nfsObstacle}` : ''}`}
        />
      </Disclosure>
    </VeUpdateForm>
  )
}

const shownMount = (mount: VeFeatures['nfs'][number]) =>
  `${mount.server}:${mount.export} ${mount.path} ${mount.readOnly ? 'ro' : 'rw'}`

type DevicesFormProps = {
  veId: string
  devices: VeDevice[]
  networkDevices: VeNetworkDevice[]
  /** What its host has, where the viewer may see that. */
  offered: { devices: Suggestion[]; networkDevices: Suggestion[] }
  disabledReason: string | null
}

export function DevicesForm({ veId, devices, networkDevices, offered, disabledReason }: DevicesFormProps) {
  return (
    <VeUpdateForm
      title="Devices of its host"
      note="Given and taken while it runs. Whoever is root in the VE can do to them what the hardware lets one do."
      veId={veId}
      action={updateDevicesAction}
      submitLabel="Save devices"
      disabledReason={disabledReason}
    >
      <DeviceRows given={devices} offered={offered.devices} />
      <NetworkDeviceRows given={networkDevices} offered={offered.networkDevices} />
    </VeUpdateForm>
  )
}
