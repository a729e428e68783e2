/**
 * The states of a VE.
 *
 *   creating ──▶ stopped ──▶ starting ──▶ running ──▶ stopping ──▶ stopped ──▶ destroying ──▶ destroyed
 *      │                        │                                                  │
 *      └──▶ failed ◀────────────┘ (only when an undo failed)  failed ──▶ destroying┘
 *
 *   running ──▶ hibernating ──▶ hibernated ──▶ starting ──▶ running; a hibernated one may also be stopped: its memory is lost
 *   running, stopped ──▶ moving (to another host; it may run meanwhile) ──▶ running, stopped; hibernated if it could not be brought back there
 *   stopped, running, hibernated ──▶ restoring (brought back to a snapshot) ──▶ stopped, running, hibernated
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
  'hibernating',
  'hibernated',
  'restoring',
  'moving',
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
  hibernating: { label: 'Hibernating', transitional: true, tone: 'busy' },
  hibernated: { label: 'Hibernated', transitional: false, tone: 'neutral' },
  restoring: { label: 'Rolling back', transitional: true, tone: 'busy' },
  moving: { label: 'Moving', transitional: true, tone: 'busy' },
  destroying: { label: 'Destroying', transitional: true, tone: 'busy' },
  destroyed: { label: 'Destroyed', transitional: false, tone: 'neutral' },
  failed: { label: 'Failed', transitional: false, tone: 'danger' },
}

/**
 * What an agent sees: the truth about state, while `VeState` also knows what is wanted and under way. A hibernated VE has nothing on
 * the kernel, and a whole checkpoint on the disk.
 */
export const OBSERVED_STATES = ['absent', 'stopped', 'running', 'hibernated'] as const
export type ObservedState = (typeof OBSERVED_STATES)[number]
