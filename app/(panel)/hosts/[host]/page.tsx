import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { hostLoad } from '@/lib/hosts/load.ts'
import { getHost } from '@/lib/hosts/queries.ts'
import { listOperations } from '@/lib/operations/queries.ts'
import { paths } from '@/lib/paths.ts'
import { listVes } from '@/lib/ves/queries.ts'
import { Crumb } from '../../../_components/crumb.tsx'
import { HostActions } from '../../../_components/hosts/host-actions.tsx'
import { hostOffers } from '../../../_components/hosts/host-allowed.ts'
import { HostCapabilities } from '../../../_components/hosts/host-capabilities.tsx'
import { HostCapacity } from '../../../_components/hosts/host-capacity.tsx'
import { HostFacts } from '../../../_components/hosts/host-facts.tsx'
import { HostLoadFigures } from '../../../_components/hosts/host-load.tsx'
import { HostBadges } from '../../../_components/hosts/host-status.tsx'
import { HostTrouble } from '../../../_components/hosts/host-trouble.tsx'
import { HostVes } from '../../../_components/hosts/host-ves.tsx'
import { SimulatedBadge } from '../../../_components/hosts/simulated-badge.tsx'
import { Live } from '../../../_components/live/live.tsx'
import { OperationTable } from '../../../_components/operations/operation-table.tsx'
import { orNotFound } from '../../../_components/or-not-found.ts'
import { Age } from '../../../_ui/age.tsx'
import { Callout } from '../../../_ui/callout.tsx'
import { PageHeader } from '../../../_ui/page-header.tsx'
import { Section } from '../../../_ui/section.tsx'

export const metadata: Metadata = { title: 'Host' }

const RECENT = 10

export default async function HostPage({ params }: { params: Promise<{ host: string }> }) {
  const viewer = await requireViewer()
  const host = await orNotFound(getHost(viewer, (await params).host))
  const [load, ves, operations] = await Promise.all([
    hostLoad(viewer, host.id),
    listVes(viewer, { hostId: host.id, limit: RECENT }),
    listOperations(viewer, { hostId: host.id, limit: RECENT }),
  ])
  return (
    <>
      <Live topics={['host', 've', 'operation']} ids={[host.id, ...ves.items.map((ve) => ve.id)]} />
      <PageHeader
        trail={<Crumb href={paths.hosts()}>Hosts</Crumb>}
        title={host.name}
        state={
          <>
            <span role="status">
              <HostBadges host={host} />
            </span>
            {host.simulated ? <SimulatedBadge /> : null}
          </>
        }
        actions={
          <HostActions
            id={host.id}
            name={host.name}
            maintenance={host.maintenanceSince !== null}
            offers={hostOffers(viewer, host)}
          />
        }
      />
      {host.maintenanceSince ? (
        <div className="mb-5">
          <Callout title="In maintenance">
            Its VEs run on. No VE is created here, and none is moved here, until maintenance ends.
          </Callout>
        </div>
      ) : null}
      <HostTrouble host={host} operations={operations.items} />
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Section title="Facts" aside={host.lastSeenAt ? <Age at={host.lastSeenAt} /> : 'never seen'}>
          <HostFacts host={host} />
        </Section>
        <div className="grid gap-5">
          <Section title="Capacity">
            <HostCapacity host={host} />
          </Section>
          <Section title="Load of its VEs">
            <HostLoadFigures load={load} of={host.name} />
          </Section>
          <Section title="What it can do">
            <HostCapabilities report={host.capabilities} />
          </Section>
        </div>
        <HostVes viewer={viewer} host={host} ves={ves} />
        <Section title="Operations" className="lg:col-span-2" flush>
          <OperationTable caption={`Operations on ${host.name}`} operations={operations.items} compact />
        </Section>
      </div>
    </>
  )
}
