import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { listOperations } from '@/lib/operations/queries.ts'
import { paths } from '@/lib/paths.ts'
import { getVe } from '@/lib/ves/queries.ts'
import { Crumb } from '../../../_components/crumb.tsx'
import { SimulatedBadge } from '../../../_components/hosts/simulated-badge.tsx'
import { Live } from '../../../_components/live/live.tsx'
import { OperationTable } from '../../../_components/operations/operation-table.tsx'
import { orNotFound } from '../../../_components/or-not-found.ts'
import { ProblemCard } from '../../../_components/problem-card.tsx'
import { VeActionBar } from '../../../_components/ves/ve-action-bar.tsx'
import { veOffers } from '../../../_components/ves/ve-allowed.ts'
import { VeFacts, VeLimitFacts } from '../../../_components/ves/ve-facts.tsx'
import { VeStateBadge } from '../../../_components/ves/ve-state-badge.tsx'
import { veSubject } from '../../../_components/ves/ve-subject.ts'
import { VeUsage } from '../../../_components/ves/ve-usage.tsx'
import { Age } from '../../../_ui/age.tsx'
import { PageHeader } from '../../../_ui/page-header.tsx'
import { Section } from '../../../_ui/section.tsx'

export const metadata: Metadata = { title: 'VE' }

const RECENT = 10

export default async function VePage({ params }: { params: Promise<{ ve: string }> }) {
  const viewer = await requireViewer()
  const ve = await orNotFound(getVe(viewer, (await params).ve))
  const operations = await listOperations(viewer, { veId: ve.id, limit: RECENT })
  return (
    <>
      <Live topics={['ve', 'operation', 'host']} ids={[ve.id, ve.host.id]} />
      <PageHeader
        trail={<Crumb href={paths.ves()}>VEs</Crumb>}
        title={ve.name}
        state={
          <>
            <span role="status">
              <VeStateBadge state={ve.state} />
            </span>
            {ve.host.simulated ? <SimulatedBadge /> : null}
          </>
        }
        actions={
          ve.state === 'destroyed' ? null : <VeActionBar ve={veSubject(ve)} offers={veOffers(viewer, ve)} />
        }
      />
      {ve.problem ? (
        <div className="mb-5">
          <ProblemCard problem={ve.problem} reference={ve.id} role="status" />
        </div>
      ) : null}
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Section title="Overview">
          <VeFacts ve={ve} />
        </Section>
        <div className="grid gap-5">
          <Section title="Use" aside={ve.observedAt ? <Age at={ve.observedAt} /> : null}>
            <VeUsage ve={ve} />
          </Section>
          <Section title="Limits">
            <VeLimitFacts limits={ve.limits} />
          </Section>
        </div>
        <Section title="Operations" className="lg:col-span-2" flush>
          <OperationTable caption={`Operations of ${ve.name}`} operations={operations.items} compact />
        </Section>
      </div>
    </>
  )
}
