import { canAtProvider, type Viewer } from '@/lib/auth/viewer.ts'
import type { HostResource } from '@/lib/hosts/resource.ts'

/** Why an action is off; null when it can be asked for. */
export type HostOffers = { refresh: string | null; upgrade: string | null; remove: string | null }

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
  return { refresh: forbidden ?? unready, upgrade: forbidden ?? unready, remove: forbidden ?? holds }
}
