'use client'
import { Ellipsis } from 'lucide-react'
import { Menu, MenuItem, MenuSeparator } from '../_ui/menu.tsx'
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
      >
        <MenuItem disabledReason={offers.start} onSelect={start}>
          Start
        </MenuItem>
        <MenuItem disabledReason={offers.stop} onSelect={stop}>
          Stop
        </MenuItem>
        <MenuItem disabledReason={offers.stop} onSelect={forceStop}>
          Force stop
        </MenuItem>
        <MenuSeparator />
        <MenuItem danger disabledReason={offers.destroy} onSelect={destroy}>
          Destroy…
        </MenuItem>
      </Menu>
      {dialogs}
    </>
  )
}
