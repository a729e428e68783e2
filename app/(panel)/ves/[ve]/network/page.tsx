import type { Metadata } from 'next'
import { listAddressPools } from '@/lib/addresses/queries.ts'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAtProvider, type Viewer } from '@/lib/auth/viewer.ts'
import { getVe } from '@/lib/ves/queries.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { getTraffic } from '@/lib/ves/traffic.ts'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import { configureReason } from '../../../../_components/ves/ve-configure-reason.ts'
import { VeFrame } from '../../../../_components/ves/ve-frame.tsx'
import { VeInterfaceTable } from '../../../../_components/ves/ve-interface-table.tsx'
import { VeTrafficDays } from '../../../../_components/ves/ve-traffic-days.tsx'
import { Callout } from '../../../../_ui/callout.tsx'
import { Section } from '../../../../_ui/section.tsx'
import { type PoolChoice, VeInterfaceForm } from './form.tsx'

export const metadata: Metadata = { title: 'Network' }

const IN_MENU = 200

export default async function VeNetworkPage({ params }: { params: Promise<{ ve: string }> }) {
  const viewer = await requireViewer()
  const ve = await orNotFound(getVe(viewer, (await params).ve))
  const [traffic, pools] = await Promise.all([getTraffic(viewer, ve.id), poolChoices(viewer, ve)])
  const reason = configureReason(viewer, ve)
  const own = ve.namespaces.includes('network')
  return (
    <VeFrame viewer={viewer} ve={ve} tab="Network">
      <div className="grid gap-5">
        {own ? null : (
          <Callout tone="caution" title="It shares the network of its host">
            It has no interfaces, no firewall and no traffic count of its own.
          </Callout>
        )}
        <Section title="Interfaces" flush>
          <VeInterfaceTable ve={ve} disabledReason={reason} />
        </Section>
        <Section title="Traffic" aside="by day, in UTC">
          <VeTrafficDays traffic={traffic} limit={ve.traffic} />
        </Section>
        {own ? (
          <Section title="Add an interface">
            <VeInterfaceForm veId={ve.id} pools={pools} disabledReason={reason} />
          </Section>
        ) : null}
      </div>
    </VeFrame>
  )
}

/** Pools are the provider's; others get the next free address of whichever serves the host. */
async function poolChoices(viewer: Viewer, ve: VeResource): Promise<PoolChoice[]> {
  if (!canAtProvider(viewer, 'address:read')) return []
  const { items } = await listAddressPools(viewer, { hostId: ve.host.id, limit: IN_MENU })
  return items.map(({ id, name, kind, cidr, delegates }) => ({
    id,
    kind,
    label: `${name} · ${cidr}${delegates === null ? '' : `, gives out /${delegates}`}`,
  }))
}
