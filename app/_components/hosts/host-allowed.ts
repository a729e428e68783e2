import { canAtProvider, type Viewer } from '@/lib/auth/viewer.ts'
import type { HostResource } from '@/lib/hosts/resource.ts'

/** Why an action is off; null when it can be asked for. */
export type HostOffers = Record<'maintenance' | 'evacuate' | 'refresh' | 'upgrade' | 'remove', string | null>

/** What can be asked of a host now. The server judges again when it is asked. */
export function hostOffers(viewer: Viewer, host: HostResource): HostOffers {
  const forbidden = canAtProvider(viewer, 'host:manage')
    ? null
    : 'Your role does not allow you to manage hosts.'
  const unready =
    host.status === 'enrolling' || host.status === 'failed' ? 'It has to be enrolled first.' : null
  const holds =
    host.ves === 0
      ? null
      : `It holds ${host.ves} ${host.ves === 1 ? 'VE' : 'VEs'}; destroy or move them first.`
  const ready = forbidden ?? unready
  const moves = canAtProvider(viewer, 've:move') ? null : 'Your role does not allow you to move VEs.'
  return {
    maintenance: ready,
    evacuate: ready ?? moves,
    refresh: ready,
    upgrade: ready,
    remove: forbidden ?? holds,
  }
}
