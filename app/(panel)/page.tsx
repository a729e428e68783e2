import type { Metadata } from 'next'
import Link from 'next/link'
import { requireViewer } from '@/lib/auth/session.ts'
import { fleetLoad } from '@/lib/hosts/load.ts'
import { listOperations } from '@/lib/operations/queries.ts'
import { fleetOverview } from '@/lib/overview/queries.ts'
import { paths } from '@/lib/paths.ts'
import { HostLoadFigures } from '../_components/hosts/host-load.tsx'
import { Live } from '../_components/live/live.tsx'
import { OperationTable } from '../_components/operations/operation-table.tsx'
import { FleetCapacity } from '../_components/overview/fleet-capacity.tsx'
import { FleetHosts, FleetVes } from '../_components/overview/fleet-counts.tsx'
import { FleetStart } from '../_components/overview/fleet-start.tsx'
import { NeedsAttention } from '../_components/overview/needs-attention.tsx'
import { readAttention } from '../_components/overview/read-attention.ts'
import { Empty } from '../_ui/empty.tsx'
import { PageHeader } from '../_ui/page-header.tsx'
import { Section } from '../_ui/section.tsx'
import { linkClass } from '../_ui/text-link.ts'

export const metadata: Metadata = { title: 'Overview' }

const RECENT = 8

export default async function OverviewPage() {
  const viewer = await requireViewer()
  const [overview, operations, attention, load] = await Promise.all([
    fleetOverview(viewer),
    listOperations(viewer, { limit: RECENT }),
    readAttention(viewer),
    fleetLoad(viewer),
  ])
  const all = (
    <Link href={paths.operations()} prefetch={false} className={linkClass}>
      All operations
    </Link>
  )
  return (
    <>
      <Live topics={['ve', 'host', 'operation', 'template']} />
      <PageHeader title="Overview" />
      <FleetStart viewer={viewer} overview={overview} />
      <div className="grid items-start gap-5 lg:grid-cols-3">
        <FleetHosts overview={overview} />
        <FleetVes overview={overview} />
        <FleetCapacity overview={overview} />
        <NeedsAttention items={attention} />
        {load.ram === null ? null : (
          <Section title="Load of all VEs" className="lg:col-span-3">
            <HostLoadFigures load={load} of="the fleet" />
          </Section>
        )}
        <Section title="Latest operations" aside={all} className="lg:col-span-3" flush>
          {operations.items.length === 0 ? (
            <Empty title="Nothing has been done yet" />
          ) : (
            <OperationTable caption="Latest operations" operations={operations.items} />
          )}
        </Section>
      </div>
    </>
  )
}
