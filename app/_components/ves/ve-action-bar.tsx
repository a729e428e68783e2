'use client'
import { Ellipsis, Moon, Play, RotateCw, Square } from 'lucide-react'
import { Button } from '../../_ui/button.tsx'
import { buttonClass } from '../../_ui/button-class.ts'
import { Menu } from '../../_ui/menu.tsx'
import { useVeActions } from './use-ve-actions.tsx'
import type { VeOffers } from './ve-allowed.ts'
import { veMoreEntries } from './ve-more-entries.ts'
import type { VeSubject } from './ve-subject.ts'

/** The buttons of a VE's page. */
export function VeActionBar({ ve, offers }: { ve: VeSubject; offers: VeOffers }) {
  const actions = useVeActions(ve)
  const { pending, start, resume, stop, restart, hibernate, dialogs } = actions
  return (
    <>
      {ve.hibernated ? (
        <Button look="primary" pending={pending} disabledReason={offers.resume} onClick={resume}>
          <Play aria-hidden className="size-3.5" />
          Resume
        </Button>
      ) : (
        <Button pending={pending} disabledReason={offers.start} onClick={start}>
          <Play aria-hidden className="size-3.5" />
          Start
        </Button>
      )}
      <Button pending={pending} disabledReason={offers.stop} onClick={stop}>
        <Square aria-hidden className="size-3.5" />
        {ve.hibernated ? 'Stop…' : 'Stop'}
      </Button>
      <Button pending={pending} disabledReason={offers.restart} onClick={restart}>
        <RotateCw aria-hidden className="size-3.5" />
        Restart
      </Button>
      <Button pending={pending} disabledReason={offers.hibernate} onClick={hibernate}>
        <Moon aria-hidden className="size-3.5" />
        Hibernate
      </Button>
      <Menu
        label={`More actions on ${ve.name}`}
        triggerClassName={buttonClass('secondary')}
        trigger={
          <>
            <Ellipsis aria-hidden className="size-3.5" />
            More
          </>
        }
        entries={veMoreEntries(actions, offers, ve)}
      />
      {dialogs}
    </>
  )
}
