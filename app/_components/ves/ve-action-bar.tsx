'use client'
import { Play, Square, Trash2, Zap } from 'lucide-react'
import { Button } from '../../_ui/button.tsx'
import { useVeActions } from './use-ve-actions.tsx'
import type { VeOffers } from './ve-allowed.ts'
import type { VeSubject } from './ve-subject.ts'

/** The buttons of a VE's page. */
export function VeActionBar({ ve, offers }: { ve: VeSubject; offers: VeOffers }) {
  const { pending, start, stop, forceStop, destroy, dialogs } = useVeActions(ve)
  return (
    <>
      <Button pending={pending} disabledReason={offers.start} onClick={start}>
        <Play aria-hidden className="size-3.5" />
        Start
      </Button>
      <Button pending={pending} disabledReason={offers.stop} onClick={stop}>
        <Square aria-hidden className="size-3.5" />
        Stop
      </Button>
      <Button
        pending={pending}
        disabledReason={offers.stop}
        title="Kill it at once, without asking its init"
        onClick={forceStop}
      >
        <Zap aria-hidden className="size-3.5" />
        Force stop
      </Button>
      <Button disabledReason={offers.destroy} onClick={destroy}>
        <Trash2 aria-hidden className="size-3.5" />
        Destroy…
      </Button>
      {dialogs}
    </>
  )
}
