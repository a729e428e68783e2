'use client'
import { Ellipsis } from 'lucide-react'
import { Menu } from '../../_ui/menu.tsx'
import { useVeActions } from './use-ve-actions.tsx'
import type { VeOffers } from './ve-allowed.ts'
import { veMoreEntries } from './ve-more-entries.ts'
import type { VeSubject } from './ve-subject.ts'

/** What a row of the list can do; what it cannot says why. */
export function VeRowMenu({ ve, offers }: { ve: VeSubject; offers: VeOffers }) {
  const actions = useVeActions(ve)
  const { start, resume, stop, restart, hibernate, dialogs } = actions
  return (
    <>
      <Menu
        label={`Actions on ${ve.name}`}
        triggerClassName="layer-row-content relative inline-grid size-7 place-items-center rounded text-content-muted hover:bg-surface-selected data-[state=open]:bg-surface-selected"
        trigger={<Ellipsis aria-hidden className="size-4" />}
        entries={[
          ve.hibernated
            ? { kind: 'action', label: 'Resume', onSelect: resume, disabledReason: offers.resume }
            : { kind: 'action', label: 'Start', onSelect: start, disabledReason: offers.start },
          {
            kind: 'action',
            label: ve.hibernated ? 'Stop…' : 'Stop',
            onSelect: stop,
            disabledReason: offers.stop,
          },
          { kind: 'action', label: 'Restart', onSelect: restart, disabledReason: offers.restart },
          { kind: 'action', label: 'Hibernate', onSelect: hibernate, disabledReason: offers.hibernate },
          ...veMoreEntries(actions, offers, ve),
        ]}
      />
      {dialogs}
    </>
  )
}
