/**
 * The states of a VE.
 *
 *   creating ──▶ stopped ──▶ starting ──▶ running ──▶ stopping ──▶ stopped ──▶ destroying ──▶ destroyed
 *      │                        │                                                  │
 *      └──▶ failed ◀────────────┘ (only when an undo failed)  failed ──▶ destroying┘
 *
 * A transitional state belongs to the operation that set it; the worker leaves it when that operation ends, and a
 * reconciler may change only a settled state (a VE whose init died goes from running to stopped).
 */
export const VE_STATES = [
  'creating',
  'stopped',
  'starting',
  'running',
  'stopping',
  'destroying',
  'destroyed',
  'failed',
] as const
export type VeState = (typeof VE_STATES)[number]

type VeStateRecord = {
  label: string
  transitional: boolean
  tone: 'neutral' | 'positive' | 'caution' | 'danger' | 'busy'
}

export const VE_STATE: Record<VeState, VeStateRecord> = {
  creating: { label: 'Creating', transitional: true, tone: 'busy' },
  stopped: { label: 'Stopped', transitional: false, tone: 'neutral' },
  starting: { label: 'Starting', transitional: true, tone: 'busy' },
  running: { label: 'Running', transitional: false, tone: 'positive' },
  stopping: { label: 'Stopping', transitional: true, tone: 'busy' },
  destroying: { label: 'Destroying', transitional: true, tone: 'busy' },
  destroyed: { label: 'Destroyed', transitional: false, tone: 'neutral' },
  failed: { label: 'Failed', transitional: false, tone: 'danger' },
}

/** What an agent sees on the kernel: the truth about state, while `VeState` also knows what is wanted and under way. */
export const OBSERVED_STATES = ['absent', 'stopped', 'running'] as const
export type ObservedState = (typeof OBSERVED_STATES)[number]
