'use client'
import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { INTERFACES_MAX } from '@/lib/contract/ve-interface.ts'
import type { HostMeans } from '../../../_components/ves/host-means.ts'
import { InterfaceFields, type PoolChoice } from '../../../_components/ves/interface-fields.tsx'
import { FieldGroup } from '../../../_forms/fields.tsx'
import { Button } from '../../../_ui/button.tsx'

type InterfacesProps = { pools: readonly PoolChoice[]; hosts: readonly HostMeans[]; provider: boolean }

/** All interfaces that it begins with. Keys tell them apart while their numbers change. */
export function Interfaces(props: InterfacesProps) {
  const [keys, setKeys] = useState<readonly number[]>([0])
  const nextKey = 1 + Math.max(-1, ...keys)
  return (
    <FieldGroup
      title="Network"
      note="More can be added, changed and taken away while it runs. Bridge and VLAN are those of the pool."
    >
      <input type="hidden" name="interfaces" value={keys.length} />
      {keys.length === 0 ? (
        <p className="text-content-muted">No interface: it has no network but its own loopback.</p>
      ) : null}
      <ol aria-label="Interfaces" className="grid gap-4">
        {keys.map((key, index) => (
          <li key={key} className="grid gap-4 rounded border border-line p-3">
            <div className="flex items-center justify-between gap-2">
              <p className="font-medium">{`Interface ${index + 1}`}</p>
              <Button
                look="quiet"
                aria-label={`Remove interface ${index + 1}`}
                onClick={() => setKeys(keys.toSpliced(index, 1))}
              >
                <Trash2 aria-hidden className="size-3.5" />
                Remove
              </Button>
            </div>
            <InterfaceFields
              {...props}
              above={props.provider}
              prefix={`interfaces.${index}.`}
              nextName={`eth${index}`}
            />
          </li>
        ))}
      </ol>
      <div>
        <Button
          onClick={() => setKeys([...keys, nextKey])}
          disabledReason={keys.length >= INTERFACES_MAX ? `A VE has at most ${INTERFACES_MAX}.` : null}
        >
          <Plus aria-hidden className="size-3.5" />
          Add interface
        </Button>
      </div>
    </FieldGroup>
  )
}
