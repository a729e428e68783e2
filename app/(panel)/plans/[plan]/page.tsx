import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { can } from '@/lib/auth/viewer.ts'
import { isLive } from '@/lib/operations/definition.ts'
import { paths } from '@/lib/paths.ts'
import { getPlan, listPlanVersions } from '@/lib/plans/queries.ts'
import type { PlanResource } from '@/lib/plans/resource.ts'
import { lastRollOut, type RollOutProgress } from '@/lib/plans/roll-out-progress.ts'
import { listVes, veListQuery } from '@/lib/ves/queries.ts'
import { Crumb } from '../../../_components/crumb.tsx'
import { listState, readPage, type SearchParams } from '../../../_components/lists/list-params.ts'
import { Pager } from '../../../_components/lists/pager.tsx'
import { Live } from '../../../_components/live/live.tsx'
import { orNotFound } from '../../../_components/or-not-found.ts'
import { PlanActions } from '../../../_components/plans/plan-actions.tsx'
import { PlanLimits } from '../../../_components/plans/plan-limits.tsx'
import { PlanVersions } from '../../../_components/plans/plan-versions.tsx'
import { PlanVes } from '../../../_components/plans/plan-ves.tsx'
import { RollOutSection } from '../../../_components/plans/roll-out-section.tsx'
import { Empty } from '../../../_ui/empty.tsx'
import { PageHeader } from '../../../_ui/page-header.tsx'
import { Section } from '../../../_ui/section.tsx'

export const metadata: Metadata = { title: 'Plan' }

type PlanPageProps = { params: Promise<{ plan: string }>; searchParams: SearchParams }

export default async function PlanPage({ params, searchParams }: PlanPageProps) {
  const viewer = await requireViewer()
  const plan = await orNotFound(getPlan(viewer, (await params).plan))
  const state = await listState(veListQuery, searchParams)
  const [versions, rollOut, ves] = await Promise.all([
    listPlanVersions(viewer, plan.id),
    lastRollOut(viewer, plan.id),
    readPage(state, (query) => listVes(viewer, { ...query, planId: plan.id })),
  ])
  const own = can(viewer, 'plan:manage', plan.account.id)
  const foreign = own ? null : `It belongs to ${plan.account.name}.`
  const { latest } = plan
  return (
    <>
      <Live topics={['plan', 've', 'operation']} ids={[plan.id, ...ves.items.map(({ id }) => id)]} />
      <PageHeader
        trail={<Crumb href={paths.plans()}>Plans</Crumb>}
        title={plan.name}
        note={plan.description === '' ? null : plan.description}
        actions={
          <PlanActions
            id={plan.id}
            name={plan.name}
            version={latest.number}
            outdated={plan.outdated}
            versionReason={foreign}
            rollOutReason={foreign ?? rollOutReason(plan, rollOut)}
            removeReason={foreign ?? removeReason(plan)}
          />
        }
      />
      <div className="grid gap-5">
        {rollOut ? <RollOutSection viewer={viewer} rollOut={rollOut} /> : null}
        <Section title={`Version ${latest.number}`}>
          <PlanLimits limits={latest.limits} />
        </Section>
        <Section title="Versions" flush>
          <PlanVersions versions={versions.items} />
        </Section>
        <Section title="VEs" flush>
          {ves.items.length === 0 ? (
            <Empty title="No VE uses it yet">
              Choose it when a VE is created, or on the page “Plan” of one that is there.
            </Empty>
          ) : (
            <PlanVes
              ves={ves.items}
              latest={latest.number}
              limits={new Map(versions.items.map(({ number, limits }) => [number, limits]))}
            />
          )}
          <Pager path={paths.plan(plan.id)} params={state.params} shown={ves.items.length} {...ves} />
        </Section>
      </div>
    </>
  )
}

function rollOutReason(plan: PlanResource, rollOut: RollOutProgress | null): string | null {
  if (rollOut && isLive(rollOut.operation.status)) return 'It is being rolled out.'
  return plan.outdated === 0 ? 'No VE uses an older version.' : null
}

function removeReason({ ves }: PlanResource): string | null {
  return ves === 0 ? null : `${ves} ${ves === 1 ? 'VE uses' : 'VEs use'} it.`
}
