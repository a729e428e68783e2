import { PERMISSIONS, type Permission } from '@/lib/auth/permissions.ts'
import { can, canAtProvider, canFromAbove, type Viewer } from '@/lib/auth/viewer.ts'
import { VE_STATE, type VeState } from '@/lib/contract/ve-state.ts'
import { OPERATIONS } from '@/lib/operations/registry.ts'
import { wayOut } from '@/lib/operations/way-out.ts'
import type { VeResource } from '@/lib/ves/resource.ts'

export const VE_ACTIONS = [
  'start',
  'stop',
  'restart',
  'rescue',
  'hibernate',
  'resume',
  'configure',
  'snapshot',
  'rollBack',
  'deleteSnapshot',
  'mount',
  'backUp',
  'restore',
  'move',
  'suspend',
  'unsuspend',
  'destroy',
] as const
export type VeAction = (typeof VE_ACTIONS)[number]
/** Why an action is off; null when it can be asked for. */
export type VeOffers = Record<VeAction, string | null>

const DEFINITION = {
  start: OPERATIONS['ve-start'],
  stop: OPERATIONS['ve-stop'],
  restart: OPERATIONS['ve-restart'],
  rescue: OPERATIONS['ve-rescue'],
  hibernate: OPERATIONS['ve-hibernate'],
  resume: OPERATIONS['ve-resume'],
  configure: OPERATIONS['ve-configure'],
  snapshot: OPERATIONS['ve-snapshot-create'],
  rollBack: OPERATIONS['ve-snapshot-rollback'],
  deleteSnapshot: OPERATIONS['ve-snapshot-delete'],
  mount: OPERATIONS['ve-snapshot-mount'],
  backUp: OPERATIONS['ve-backup'],
  restore: OPERATIONS['ve-backup-restore'],
  move: OPERATIONS['ve-move'],
  suspend: OPERATIONS['ve-suspend'],
  unsuspend: OPERATIONS['ve-unsuspend'],
  destroy: OPERATIONS['ve-destroy'],
} as const

/**
 * The settled state that a transitional one leads to; null where nobody can say. An action asked for meanwhile waits
 * its turn and is judged then, so it is offered for where the VE is going.
 */
const LEADS_TO: Record<VeState, VeState | null> = {
  creating: null,
  stopped: 'stopped',
  starting: 'running',
  running: 'running',
  stopping: 'stopped',
  hibernating: 'hibernated',
  hibernated: 'hibernated',
  restoring: null,
  moving: null,
  destroying: null,
  destroyed: 'destroyed',
  failed: 'failed',
}

/** What can be asked of a VE now. The server judges again when it is asked. */
export function veOffers(
  viewer: Viewer,
  ve: Pick<VeResource, 'state' | 'suspended' | 'account' | 'checkpointObstacle'>,
): VeOffers {
  const offers = VE_ACTIONS.map((action) => [
    action,
    forbidden(viewer, action, ve.account) ??
      suspensionForbids(ve.suspended !== null, action) ??
      stateForbids(ve.state, action) ??
      (action === 'hibernate' ? ve.checkpointObstacle : null),
  ])
  return Object.fromEntries(offers) as VeOffers
}

const NOT_WHILE_SUSPENDED: readonly VeAction[] = [
  'start',
  'restart',
  'rescue',
  'hibernate',
  'resume',
  'snapshot',
  'rollBack',
  'restore',
  'suspend',
]

function suspensionForbids(suspended: boolean, action: VeAction): string | null {
  if (action === 'unsuspend') return suspended ? null : 'It is not suspended.'
  return suspended && NOT_WHILE_SUSPENDED.includes(action) ? 'It is suspended.' : null
}

function forbidden(viewer: Viewer, action: VeAction, account: VeResource['account']): string | null {
  const permission = DEFINITION[action].permission as Permission
  if (permission === 've:move' && !canAtProvider(viewer, permission)) return 'Only the provider moves VEs.'
  if (permission === 've:suspend') return notFromAbove(viewer, account)
  return can(viewer, permission, account.id) ? null : notAllowed(permission)
}

/** Suspensions and traffic limits are laid on an account by those above it: why the viewer is none of them. */
export function notFromAbove(viewer: Viewer, account: VeResource['account']): string | null {
  if (canFromAbove(viewer, 've:suspend', account.id)) return null
  if (can(viewer, 've:suspend', account.id))
    return `It belongs to ${account.name}: only whoever sells to that account may do this.`
  return notAllowed('ve:suspend')
}

const notAllowed = (permission: Permission) => `Your role does not allow you to ${PERMISSIONS[permission]}.`

export function stateForbids(state: VeState, action: VeAction): string | null {
  const from: readonly VeState[] = DEFINITION[action].ve?.from ?? []
  const ahead = LEADS_TO[state]
  if (ahead !== null && from.includes(ahead)) return null
  const is = VE_STATE[state].label.toLowerCase()
  if (VE_STATE[state].transitional) return `It is ${is} now.`
  const needed = from.map((each) => VE_STATE[each].label.toLowerCase()).join(' or ')
  return `It is ${is}; it has to be ${needed}.${wayOut(state)}`
}
