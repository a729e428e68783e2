'use client'
import { Plus, Trash2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { VeDevice, VeNetworkDevice } from '@/lib/contract/ve-devices.ts'
import { SelectField, TextField } from '../../../../_forms/fields.tsx'
import { SuggestField, type Suggestion } from '../../../../_forms/suggest-field.tsx'
import { Button } from '../../../../_ui/button.tsx'

/** In words: the device cgroup's letters. */
const ACCESS: Record<string, string> = {
  rw: 'Read and write',
  r: 'Read only',
  w: 'Write only',
  rwm: 'Read, write, make nodes',
  rm: 'Read, make nodes',
  wm: 'Write, make nodes',
}

/** Fields are named "devices.N.path" and "devices.N.access". */
export function DeviceRows({ given, offered }: { given: readonly VeDevice[]; offered: Suggestion[] }) {
  return (
    <Rows
      label="Block and character devices"
      add="Add device"
      given={given}
      blank={{ path: '', access: 'rw' }}
    >
      {({ path, access }, index) => (
        <>
          <SuggestField
            name={`devices.${index}.path`}
            label="Device"
            placeholder="/dev/sdb1"
            defaultValue={path}
            offered={offered}
            unknown="Seen inside under the same name."
          />
          <SelectField name={`devices.${index}.access`} label="Access" defaultValue={access}>
            {Object.entries(ACCESS).map(([letters, words]) => (
              <option key={letters} value={letters}>
                {words}
              </option>
            ))}
          </SelectField>
        </>
      )}
    </Rows>
  )
}

/** Fields are named "networkDevices.N.device" and "networkDevices.N.ifname". */
export function NetworkDeviceRows({
  given,
  offered,
}: {
  given: readonly VeNetworkDevice[]
  offered: Suggestion[]
}) {
  return (
    <Rows label="Network devices" add="Add network device" given={given} blank={{ device: '', ifname: '' }}>
      {({ device, ifname }, index) => (
        <>
          <SuggestField
            name={`networkDevices.${index}.device`}
            label="Network device"
            placeholder="eth3"
            defaultValue={device}
            offered={offered}
            unknown="It is the VE’s alone while that runs."
          />
          <TextField
            name={`networkDevices.${index}.ifname`}
            label="Name inside"
            mono
            placeholder="eth1"
            defaultValue={ifname}
          />
        </>
      )}
    </Rows>
  )
}

type RowsProps<T> = {
  label: string
  add: string
  given: readonly T[]
  blank: T
  children: (value: T, index: number) => ReactNode
}

/** Keys tell rows apart while their numbers change. */
function Rows<T>({ label, add, given, blank, children }: RowsProps<T>) {
  const [rows, setRows] = useState(() => given.map((value, key) => ({ key, value })))
  const nextKey = 1 + Math.max(-1, ...rows.map(({ key }) => key))
  return (
    <fieldset className="grid min-w-0 gap-3">
      <legend className="mb-1 font-medium text-sm">{label}</legend>
      {rows.map(({ key, value }, index) => (
        <div key={key} className="grid gap-3 rounded border border-line p-3 sm:grid-cols-[1fr_1fr_auto]">
          {children(value, index)}
          <Button
            look="quiet"
            className="sm:mt-5.5"
            aria-label={`Remove ${label.toLowerCase()} ${index + 1}`}
            onClick={() => setRows(rows.toSpliced(index, 1))}
          >
            <Trash2 aria-hidden className="size-3.5" />
          </Button>
        </div>
      ))}
      <div>
        <Button onClick={() => setRows([...rows, { key: nextKey, value: blank }])}>
          <Plus aria-hidden className="size-3.5" />
          {add}
        </Button>
      </div>
    </fieldset>
  )
}
