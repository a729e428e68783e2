'use client'
import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { paths } from '@/lib/paths.ts'
import { Dialog } from '../../_ui/dialog.tsx'
import { notify } from '../../_ui/notify.ts'
import { useAct } from '../use-act.ts'
import {
  endRescueAction,
  hibernateVeAction,
  restartVeAction,
  resumeVeAction,
  startVeAction,
  stopVeAction,
  unsuspendVeAction,
} from './ve-action.ts'
import { VeDestroyForm } from './ve-destroy-form.tsx'
import { VeDiscardForm } from './ve-discard-form.tsx'
import { VeRescueForm } from './ve-rescue-form.tsx'
import type { VeSubject } from './ve-subject.ts'
import { VeSuspendForm } from './ve-suspend-form.tsx'

const ASKED_IN_DIALOG = {
  destroy: { title: (name: string) => `Destroy ${name}?`, what: 'Destroy', Form: VeDestroyForm },
  suspend: { title: (name: string) => `Suspend ${name}`, what: 'Suspend', Form: VeSuspendForm },
  rescue: { title: (name: string) => `Start ${name} in rescue`, what: 'Rescue', Form: VeRescueForm },
  discard: {
    title: (name: string) => `Stop ${name} and lose its memory?`,
    what: 'Stop',
    Form: VeDiscardForm,
  },
} as const
type Asked = keyof typeof ASKED_IN_DIALOG

/** What can be done to a VE, for its page's buttons and a list's menu alike. `dialogs` has to be rendered. */
export function useVeActions(ve: VeSubject): {
  pending: boolean
  start: () => void
  stop: () => void
  restart: () => void
  hibernate: () => void
  resume: () => void
  move: () => void
  forceStop: () => void
  endRescue: () => void
  unsuspend: () => void
  ask: (what: Asked) => void
  dialogs: ReactNode
} {
  const [open, setOpen] = useState<Asked | null>(null)
  const router = useRouter()
  const asked = (what: string) => () => notify({ title: `${what} ${ve.name}: asked for.` })
  const starting = useAct(startVeAction, asked('Start'))
  const stopping = useAct(stopVeAction, asked('Stop'))
  const restarting = useAct(restartVeAction, asked('Restart'))
  const hibernating = useAct(hibernateVeAction, asked('Hibernate'))
  const resuming = useAct(resumeVeAction, asked('Resume'))
  const ending = useAct(endRescueAction, asked('End the rescue of'))
  const lifting = useAct(unsuspendVeAction, asked('Lift the suspension of'))
  const close = () => setOpen(null)
  return {
    pending: [starting, stopping, restarting, hibernating, resuming, ending, lifting].some(
      ({ pending }) => pending,
    ),
    start: () => starting.act({ id: ve.id }),
    stop: () => (ve.hibernated ? setOpen('discard') : stopping.act({ id: ve.id })),
    restart: () => restarting.act({ id: ve.id }),
    hibernate: () => hibernating.act({ id: ve.id }),
    move: () => router.push(paths.veMove(ve.id)),
    resume: () => resuming.act({ id: ve.id }),
    forceStop: () => (ve.hibernated ? setOpen('discard') : stopping.act({ id: ve.id, timeoutSeconds: '0' })),
    endRescue: () => ending.act({ id: ve.id }),
    unsuspend: () => lifting.act({ id: ve.id }),
    ask: setOpen,
    dialogs: open === null ? null : <AskedDialog ve={ve} asked={open} onClose={close} />,
  }
}

function AskedDialog({ ve, asked, onClose }: { ve: VeSubject; asked: Asked; onClose: () => void }) {
  const { title, what, Form } = ASKED_IN_DIALOG[asked]
  const done = () => {
    onClose()
    notify({ title: `${what} ${ve.name}: asked for.` })
  }
  return (
    <Dialog open onClose={onClose} title={title(ve.name)}>
      <Form ve={ve} onCancel={onClose} onDone={done} />
    </Dialog>
  )
}
