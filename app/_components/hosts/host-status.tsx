import type { HostResource } from '@/lib/hosts/resource.ts'
import { StateBadge } from '../../_ui/badge.tsx'
import type { Tone } from '../../_ui/tone.ts'

export const HOST_STATUS: Record<HostResource['status'], { label: string; tone: Tone }> = {
  enrolling: { label: 'Enrolling', tone: 'busy' },
  online: { label: 'Online', tone: 'positive' },
  offline: { label: 'Offline', tone: 'caution' },
  maintenance: { label: 'Maintenance', tone: 'neutral' },
  failed: { label: 'Failed', tone: 'danger' },
}

export function HostStatusBadge({ status }: { status: HostResource['status'] }) {
  return <StateBadge tone={HOST_STATUS[status].tone}>{HOST_STATUS[status].label}</StateBadge>
}

/** One that does not answer may be in maintenance too. */
export function HostBadges({ host }: { host: Pick<HostResource, 'status' | 'maintenanceSince'> }) {
  const both = host.maintenanceSince !== null && host.status !== 'maintenance'
  return (
    <>
      <HostStatusBadge status={host.status} />
      {both ? (
        <>
          {' '}
          <HostStatusBadge status="maintenance" />
        </>
      ) : null}
    </>
  )
}
