import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAtProvider } from '@/lib/auth/viewer.ts'
import { getEvacuation } from '@/lib/fleet/queries.ts'
import type { FleetPlan } from '@/lib/fleet/resource.ts'
import { getHost } from '@/lib/hosts/queries.ts'
import type { HostResource } from '@/lib/hosts/resource.ts'
import { isLive } from '@/lib/operations/definition.ts'
import { paths } from '@/lib/paths.ts'
import { Crumb } from '../../../../_components/crumb.tsx'
import { EvacuateForm } from '../../../../_components/fleet/evacuate-form.tsx'
import { EvacuationPlanForm } from '../../../../_components/fleet/evacuation-plan-form.tsx'
import { FleetProgressSection } from '../../../../_components/fleet/fleet-progress.tsx'
import { PlanStays, PlanTable } from '../../../../_components/fleet/plan-table.tsx'
import { hostOffers } from '../../../../_components/hosts/host-allowed.ts'
import { HostBadges } from '../../../../_components/hosts/host-status.tsx'
import { Live } from '../../../../_components/live/live.tsx'
import { OperationProblem } from '../../../../_components/operations/operation-problem.tsx'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import { Age } from '../../../../_ui/age.tsx'
import { Empty } from '../../../../_ui/empty.tsx'
import { PageHeader } from '../../../../_ui/page-header.tsx'
import { Section } from '../../../../_ui/section.tsx'

export const metadata: Metadata = { title: 'Evacuation' }

export default async function EvacuationPage({ params }: { params: Promise<{ host: string }> }) {
  const viewer = await requireViewer()
  if (!canAtProvider(viewer, 've:move')) notFound()
  const host = await orNotFound(getHost(viewer, (await params).host))
  const { planning, plan, progress } = await getEvacuation(viewer, host.id)
  const reason = hostOffers(viewer, host).evacuate
  const underWay = progress !== null && isLive(progress.operation.status)
  const asking = planning !== null && isLive(planning.status)
  return (
    <>
      <Live topics={['host', 'operation']} ids={[host.id]} />
      <PageHeader
        trail={<Crumb href={paths.host(host.id)}>{host.name}</Crumb>}
        title="Evacuation"
        note="Its VEs move to other hosts. First you see what goes where, and what cannot leave and why."
        state={
          <span role="status">
            <HostBadges host={host} />
          </span>
        }
      />
      <div className="grid grid-cols-1 gap-5">
        {progress ? <FleetProgressSection viewer={viewer} progress={progress} /> : null}
        {underWay ? null : (
          <>
            <Section title="Plan" aside={planning?.endedAt ? <Age at={planning.endedAt} /> : null}>
              <div className="grid gap-4">
                {asking ? <p role="status">{`Hosts are being asked about ${vesOf(host)}…`}</p> : null}
                {planning ? <OperationProblem operation={planning} /> : null}
                <EvacuationPlanForm
                  host={host}
                  again={plan !== null}
                  disabledReason={reason ?? (asking ? 'A plan is being made.' : null)}
                />
              </div>
            </Section>
            {plan && planning ? (
              <Planned host={host} plan={plan} planId={planning.id} reason={reason} />
            ) : null}
          </>
        )}
      </div>
    </>
  )
}

const vesOf = ({ ves }: HostResource) => (ves === 1 ? 'one VE' : `${ves} VEs`)

type PlannedProps = { host: HostResource; plan: FleetPlan; planId: string; reason: string | null }

function Planned({ host, plan, planId, reason }: PlannedProps) {
  const { moves, stay } = plan
  return (
    <>
      <Section title="What goes where" aside={`${moves.length} of ${moves.length + stay.length}`} flush>
        {moves.length === 0 ? (
          <Empty title={stay.length === 0 ? 'No VE is on this host' : 'Nothing can leave'} />
        ) : (
          <PlanTable moves={moves} />
        )}
      </Section>
      {stay.length > 0 ? (
        <Section title="What cannot leave" flush>
          <PlanStays stay={stay} />
        </Section>
      ) : null}
      {moves.length > 0 ? (
        <Section title="Carry it out">
          <EvacuateForm host={host} planId={planId} moves={moves.length} disabledReason={reason} />
        </Section>
      ) : null}
    </>
  )
}
