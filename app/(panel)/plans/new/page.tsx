import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAnywhere } from '@/lib/auth/viewer.ts'
import { DEFAULT_LIMITS } from '@/lib/contract/ve-limits.ts'
import { paths } from '@/lib/paths.ts'
import { STARTERS } from '@/lib/plans/starters.ts'
import { Crumb } from '../../../_components/crumb.tsx'
import { PlanForm, type PlanStart } from '../../../_components/plans/plan-form.tsx'
import { PLAN_FORBIDDEN, planHosts } from '../../../_components/plans/plan-form-facts.ts'
import { PageHeader } from '../../../_ui/page-header.tsx'

export const metadata: Metadata = { title: 'New plan' }

const PLAIN: PlanStart = { key: 'plain', label: 'What every VE gets', limits: DEFAULT_LIMITS }
const SIZES = STARTERS.map(({ name, description, limits }) => ({
  key: name,
  label: `${name}: ${description}`,
  limits,
}))

export default async function PlanNewPage() {
  const viewer = await requireViewer()
  return (
    <>
      <PageHeader trail={<Crumb href={paths.plans()}>Plans</Crumb>} title="New plan" />
      <PlanForm
        plan={null}
        starts={[PLAIN, ...SIZES]}
        startLabel="Begin with"
        hosts={await planHosts(viewer)}
        disabledReason={canAnywhere(viewer, 'plan:manage') ? null : PLAN_FORBIDDEN}
      />
    </>
  )
}
