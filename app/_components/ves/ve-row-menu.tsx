'use client'
import { Ellipsis } from 'lucide-react'
import { Menu } from '../../_ui/menu.tsx'
import { useVeActions } from './use-ve-actions.tsx'
import type { VeOffers } from './ve-allowed.ts'
import type { VeSubject } from './ve-subject.ts'

/** What a row of the list can do; what it cannot says why. */
export function VeRowMenu({ ve, offers }: { ve: VeSubject; offers: VeOffers }) {
  const { start, stop, forceStop, destroy, dialogs } = useVeActions(ve)
  return (
    <>
      <Menu
        label={`Actions on ${ve.name}`}
        triggerClassName="layer-row-content relative inline-grid size-7 place-items-center rounded text-content-muted hover:bg-surface-selected data-[state=open]:bg-surface-selected"
        trigger={<Ellipsis aria-hidden className="size-4" />}
        entries={[
          { kind: 'action', label: 'Start', onSelect: start, disabledReason: offers.start },
          { kind: 'action', label: 'Stop', onSelect: stop, disabledReason: offers.stop },
          { kind: 'action', label: 'Force stop', onSelect: forceStop, disabledReason: offers.stop },
          { kind: 'separator' },
          {
            kind: 'action',
            label: 'Destroy…',
            onSelect: destroy,
            disabledReason: offers.destroy,
            danger: true,
          },
        ]}
      />
      {dialogs}
    </>
  )
}
