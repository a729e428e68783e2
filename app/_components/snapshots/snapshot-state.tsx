import type { SnapshotState } from '@/lib/snapshots/resource.ts'
import { StateBadge } from '../../_ui/badge.tsx'
import type { Tone } from '../../_ui/tone.ts'

const SNAPSHOT_STATE: Record<SnapshotState, { label: string; tone: Tone }> = {
  creating: { label: 'Being taken', tone: 'busy' },
  ready: { label: 'Ready', tone: 'positive' },
  deleting: { label: 'Deleting', tone: 'busy' },
  failed: { label: 'Failed', tone: 'danger' },
}

export function SnapshotStateBadge({ state }: { state: SnapshotState }) {
  const { label, tone } = SNAPSHOT_STATE[state]
  return <StateBadge tone={tone}>{label}</StateBadge>
}
