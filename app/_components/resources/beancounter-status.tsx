import {
  BEANCOUNTERS,
  type BeancounterName,
  type BeancounterStatus as Status,
} from '@/lib/contract/beancounters.ts'
import { StateBadge } from '../../_ui/badge.tsx'
import { Tip } from '../../_ui/tip.tsx'
import type { Tone } from '../../_ui/tone.ts'

export const BEANCOUNTER_STATUS: Record<Status, { label: string; tone: Tone; meaning: string }> = {
  enforced: { label: 'Enforced', tone: 'positive', meaning: 'More than the limit is refused.' },
  accounted: { label: 'Accounted', tone: 'neutral', meaning: 'It is counted; nothing is refused.' },
  unavailable: { label: 'Unavailable', tone: 'caution', meaning: 'It is neither counted nor limited.' },
}

/** What a parameter is on one host, and what else there is to know about it there. */
export function BeancounterStatus({
  name,
  status,
  note,
}: {
  name: BeancounterName
  status: Status
  note: string | null
}) {
  const { label, tone, meaning } = BEANCOUNTER_STATUS[status]
  const promise = BEANCOUNTERS[name].pair === 'guarantee' && status === 'enforced'
  return (
    <Tip
      text={
        <>
          <span className="block">{promise ? 'The promise is kept.' : meaning}</span>
          {note === null ? null : <span className="mt-1 block text-content-muted">{note}</span>}
        </>
      }
    >
      <StateBadge tone={tone}>{label}</StateBadge>
    </Tip>
  )
}
