import type { BackupState, StoreState } from '@/lib/backups/resource.ts'
import { StateBadge } from '../../_ui/badge.tsx'
import type { Tone } from '../../_ui/tone.ts'

const BACKUP_STATE: Record<BackupState, { label: string; tone: Tone }> = {
  creating: { label: 'Being taken', tone: 'busy' },
  ready: { label: 'Ready', tone: 'positive' },
  deleting: { label: 'Deleting', tone: 'busy' },
  failed: { label: 'Failed', tone: 'danger' },
}
const STORE_STATE: Record<StoreState, { label: string; tone: Tone }> = {
  checking: { label: 'Being checked', tone: 'busy' },
  ready: { label: 'Ready', tone: 'positive' },
  failed: { label: 'Not usable', tone: 'danger' },
}

export function BackupStateBadge({ state }: { state: BackupState }) {
  const { label, tone } = BACKUP_STATE[state]
  return <StateBadge tone={tone}>{label}</StateBadge>
}

export function StoreStateBadge({ state }: { state: StoreState }) {
  const { label, tone } = STORE_STATE[state]
  return <StateBadge tone={tone}>{label}</StateBadge>
}
