import { canFromAbove, type Viewer } from '@/lib/auth/viewer.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { veOffers } from './ve-allowed.ts'

/** Why a form that changes the VE is off; null when it may be sent. */
export function configureReason(viewer: Viewer, ve: VeResource): string | null {
  return veOffers(viewer, ve).configure
}

/** The same of its limits, which are set by those above its owner. */
export function limitsReason(viewer: Viewer, ve: VeResource): string | null {
  const reason = configureReason(viewer, ve)
  if (reason !== null || canFromAbove(viewer, 've:configure', ve.account.id)) return reason
  return 'Its limits are set by those who provide it.'
}
