import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { can } from '@/lib/auth/viewer.ts'
import { paths } from '@/lib/paths.ts'
import { getPlan, listPlanVersions } from '@/lib/plans/queries.ts'
import type { PlanVersionResource } from '@/lib/plans/resource.ts'
import { Crumb } from '../../../../_components/crumb.tsx'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import { PlanForm } from '../../../../_components/plans/plan-form.tsx'
import { planHosts } from '../../../../_components/plans/plan-form-facts.ts'
import { PageHeader } from '../../../../_ui/page-header.tsx'

export const metadata: Metadata = { title: 'New version' }

const startOf = ({ id, number, limits }: PlanVersionResource) => ({
  key: id,
  label: `Version ${number}`,
  limits,
})

export default async function PlanVersionNewPage({ params }: { params: Promise<{ plan: string }> }) {
  const viewer = await requireViewer()
  const plan = await orNotFound(getPlan(viewer, (await params).plan))
  const [versions, hosts] = await Promise.all([listPlanVersions(viewer, plan.id), planHosts(viewer)])
  const older = versions.items.filter(({ id }) => id !== plan.latest.id)
  return (
    <>
      <PageHeader
        trail={<Crumb href={paths.plan(plan.id)}>{plan.name}</Crumb>}
        title={`Version ${plan.latest.number + 1}`}
        note="VEs keep the version that they have until the new one is rolled out."
      />
      <PlanForm
        plan={{ id: plan.id, name: plan.name }}
        starts={[startOf(plan.latest), ...older.map(startOf)]}
        startLabel="Begin with"
        hosts={hosts}
        disabledReason={
          can(viewer, 'plan:manage', plan.account.id) ? null : `It belongs to ${plan.account.name}.`
        }
      />
    </>
  )
}
