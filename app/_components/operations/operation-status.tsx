import type { OperationStatus, StepStatus } from '@/lib/operations/definition.ts'
import { StateBadge } from '../../_ui/badge.tsx'
import type { Tone } from '../../_ui/tone.ts'

export const OPERATION_STATUS: Record<OperationStatus, { label: string; tone: Tone }> = {
  queued: { label: 'Queued', tone: 'neutral' },
  running: { label: 'Running', tone: 'busy' },
  succeeded: { label: 'Succeeded', tone: 'positive' },
  failed: { label: 'Failed', tone: 'danger' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
  stuck: { label: 'Stuck', tone: 'danger' },
}

export const STEP_STATUS: Record<StepStatus, { label: string; tone: Tone }> = {
  waiting: { label: 'Waiting', tone: 'neutral' },
  running: { label: 'Running', tone: 'busy' },
  done: { label: 'Done', tone: 'positive' },
  failed: { label: 'Failed', tone: 'danger' },
  undoing: { label: 'Undoing', tone: 'caution' },
  undone: { label: 'Undone', tone: 'neutral' },
  'undo-failed': { label: 'Undo failed', tone: 'danger' },
}

export function OperationStatusBadge({ status }: { status: OperationStatus }) {
  return <StateBadge tone={OPERATION_STATUS[status].tone}>{OPERATION_STATUS[status].label}</StateBadge>
}

export function StepStatusBadge({ status }: { status: StepStatus }) {
  return <StateBadge tone={STEP_STATUS[status].tone}>{STEP_STATUS[status].label}</StateBadge>
}
