import type { Metadata } from 'next'
import Link from 'next/link'
import { requireViewer } from '@/lib/auth/session.ts'
import { paths } from '@/lib/paths.ts'
import { listPlans } from '@/lib/plans/queries.ts'
import type { PlanResource } from '@/lib/plans/resource.ts'
import { getVePlan, type VePlanResource } from '@/lib/plans/ve-plan.ts'
import { getVe } from '@/lib/ves/queries.ts'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import { ComparedLimits } from '../../../../_components/plans/compared-limits.tsx'
import { VePlanForm } from '../../../../_components/plans/ve-plan-form.tsx'
import { limitsReason } from '../../../../_components/ves/ve-configure-reason.ts'
import { VeFrame } from '../../../../_components/ves/ve-frame.tsx'
import { Age } from '../../../../_ui/age.tsx'
import { Section } from '../../../../_ui/section.tsx'
import { linkClass } from '../../../../_ui/text-link.ts'

export const metadata: Metadata = { title: 'Plan of a VE' }

export default async function VePlanPage({ params }: { params: Promise<{ ve: string }> }) {
  const viewer = await requireViewer()
  const ve = await orNotFound(getVe(viewer, (await params).ve))
  const [compared, plans] = await Promise.all([getVePlan(viewer, ve.id), listPlans(viewer, { limit: 200 })])
  return (
    <VeFrame viewer={viewer} ve={ve} tab="Plan">
      <div className="grid gap-5">
        <Section title="Plan">
          <div className="grid grid-cols-1 gap-4">
            <PlanNow compared={compared} />
            <VePlanForm
              // Another plan, another form: what stands chosen is the one that it has.
              key={`${compared.plan?.id} ${compared.plan?.version}`}
              veId={ve.id}
              planId={compared.plan?.id ?? null}
              plans={choices(plans.items, compared.plan)}
              disabledReason={limitsReason(viewer, ve)}
            />
          </div>
        </Section>
        <Section
          title="Limits"
          aside={compared.observedAt ? <Told at={compared.observedAt} /> : 'Its host has told nothing yet.'}
          flush
        >
          <ComparedLimits compared={compared.limits} />
        </Section>
      </div>
    </VeFrame>
  )
}

/** Its own is among them in any case: it would seem to have none, and saving that would take it off. */
function choices(plans: readonly PlanResource[], own: VePlanResource['plan']) {
  const listed = plans.map(({ id, name, latest }) => ({ id, name, latest: latest.number }))
  const all = own === null || listed.some(({ id }) => id === own.id) ? listed : [own, ...listed]
  return all.map(({ id, name, latest }) => ({ id, label: `${name}, version ${latest}` }))
}

const Told = ({ at }: { at: string }) => (
  <>
    Its host told <Age at={at} />
  </>
)

function PlanNow({ compared: { plan, limits } }: { compared: VePlanResource }) {
  if (!plan) return <p className="text-content-muted">It has no plan: its limits are its own.</p>
  const differing = limits.filter(({ differs }) => differs).length
  const state =
    differing === 0
      ? 'It has all of its limits.'
      : `${differing} of its limits ${differing === 1 ? 'differs' : 'differ'} from it.`
  return (
    <p role="status" className="wrap-long">
      <Link href={paths.plan(plan.id)} prefetch={false} className={linkClass}>
        {plan.name}
      </Link>
      , version {plan.version}. {state}
      {plan.version < plan.latest ? (
        <span className="text-caution"> Version {plan.latest} is there.</span>
      ) : null}
    </p>
  )
}
