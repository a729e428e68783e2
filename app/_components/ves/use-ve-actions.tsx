'use client'
import { type ReactNode, useState } from 'react'
import { Dialog } from '../../_ui/dialog.tsx'
import { notify } from '../../_ui/notify.ts'
import { useAct } from '../use-act.ts'
import { startVeAction, stopVeAction } from './ve-action.ts'
import { VeDestroyForm } from './ve-destroy-form.tsx'
import type { VeSubject } from './ve-subject.ts'

/** What can be done to a VE, for its page's buttons and a list's menu alike. `dialogs` has to be rendered. */
export function useVeActions(ve: VeSubject): {
  pending: boolean
  start: () => void
  stop: () => void
  forceStop: () => void
  destroy: () => void
  dialogs: ReactNode
} {
  const [destroying, setDestroying] = useState(false)
  const asked = (what: string) => () => notify({ title: `${what} ${ve.name}: asked for.` })
  const starting = useAct(startVeAction, asked('Start'))
  const stopping = useAct(stopVeAction, asked('Stop'))
  return {
    pending: starting.pending || stopping.pending,
    start: () => starting.act({ id: ve.id }),
    stop: () => stopping.act({ id: ve.id }),
    forceStop: () => stopping.act({ id: ve.id, timeoutSeconds: '0' }),
    destroy: () => setDestroying(true),
    dialogs: (
      <Dialog open={destroying} onClose={() => setDestroying(false)} title={`Destroy ${ve.name}?`}>
        <VeDestroyForm
          ve={ve}
          onCancel={() => setDestroying(false)}
          onDone={() => {
            setDestroying(false)
            notify({ title: `Destroy ${ve.name}: asked for.` })
          }}
        />
      </Dialog>
    ),
  }
}
