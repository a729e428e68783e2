import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAtProvider, canFromAbove, type Viewer } from '@/lib/auth/viewer.ts'
import { getHost } from '@/lib/hosts/queries.ts'
import { getVe } from '@/lib/ves/queries.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { getTraffic } from '@/lib/ves/traffic.ts'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import { meansOf } from '../../../../_components/ves/host-means.ts'
import { interfacePools } from '../../../../_components/ves/interface-pools.ts'
import { configureReason } from '../../../../_components/ves/ve-configure-reason.ts'
import { VeFrame } from '../../../../_components/ves/ve-frame.tsx'
import { VeInterfaceTable } from '../../../../_components/ves/ve-interface-table.tsx'
import { VeTrafficDays } from '../../../../_components/ves/ve-traffic-days.tsx'
import { Callout } from '../../../../_ui/callout.tsx'
import { Section } from '../../../../_ui/section.tsx'
import { VeInterfaceForm } from './form.tsx'

export const metadata: Metadata = { title: 'Network' }

export default async function VeNetworkPage({ params }: { params: Promise<{ ve: string }> }) {
  const viewer = await requireViewer()
  const ve = await orNotFound(getVe(viewer, (await params).ve))
  const [traffic, choices] = await Promise.all([getTraffic(viewer, ve.id), formChoices(viewer, ve)])
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
          <VeInterfaceTable ve={ve} above={choices.above} disabledReason={reason} />
        </Section>
        <Section title="Traffic" aside="by day, in UTC">
          <VeTrafficDays traffic={traffic} limit={ve.traffic} />
        </Section>
        {own ? (
          <Section title="Add an interface">
            <VeInterfaceForm veId={ve.id} {...choices} disabledReason={reason} />
          </Section>
        ) : null}
      </div>
    </VeFrame>
  )
}

/** Hosts and pools are the provider's; others get the next free address of whichever pool serves the host. */
async function formChoices(viewer: Viewer, ve: VeResource) {
  const provider = canAtProvider(viewer, 'host:read')
  const hosts = provider ? [await getHost(viewer, ve.host.id)] : []
  const taken = new Set([...ve.interfaces, ...ve.networkDevices].map(({ ifname }) => ifname))
  const free = ve.interfaces.map((_, index) => index).find((index) => !taken.has(`eth${index}`))
  return {
    pools: await interfacePools(viewer, hosts, ve.host.id),
    hosts: hosts.map(meansOf),
    nextName: `eth${free ?? ve.interfaces.length}`,
    provider,
    above: canFromAbove(viewer, 've:configure', ve.account.id),
  }
}
