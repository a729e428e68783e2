'use client'
import { useRouter } from 'next/navigation'
import { veMoveTo } from '@/lib/paths.ts'
import { Button } from '../../_ui/button.tsx'
import { useAct } from '../use-act.ts'
import { checkMoveAction } from './move-action.ts'

type MoveCheckButtonProps = {
  veId: string
  host: { id: string; name: string }
  chosen: boolean
  disabledReason: string | null
}

/** Chooses a host: both are asked what stands in the way. */
export function MoveCheckButton({ veId, host, chosen, disabledReason }: MoveCheckButtonProps) {
  const router = useRouter()
  const { pending, act } = useAct(checkMoveAction, () => router.push(veMoveTo(veId, host.id)))
  return (
    <Button
      pending={pending}
      disabledReason={disabledReason}
      aria-label={`${chosen ? 'Check again' : 'Choose'} ${host.name}`}
      onClick={() => act({ veId, hostId: host.id })}
    >
      {chosen ? 'Check again' : 'Choose'}
    </Button>
  )
}
