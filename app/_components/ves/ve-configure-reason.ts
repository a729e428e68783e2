import type { Viewer } from '@/lib/auth/viewer.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { veOffers } from './ve-allowed.ts'

/** Why a form that changes the VE is off; null when it may be sent. */
export function configureReason(viewer: Viewer, ve: VeResource): string | null {
  return veOffers(viewer, ve).configure
}
