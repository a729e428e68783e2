import type { Metadata } from 'next'
import Link from 'next/link'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAtProvider, type Viewer } from '@/lib/auth/viewer.ts'
import { getHost } from '@/lib/hosts/queries.ts'
import type { HostResource } from '@/lib/hosts/resource.ts'
import { paths } from '@/lib/paths.ts'
import { veBeancounterHistory } from '@/lib/usage/queries.ts'
import { getVe } from '@/lib/ves/queries.ts'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import {
  BEANCOUNTER_ORDERS,
  type BeancounterOrder,
  BeancounterTable,
} from '../../../../_components/resources/beancounter-table.tsx'
import { limitAsides } from '../../../../_components/resources/limit-asides.ts'
import { LimitsForm } from '../../../../_components/resources/limits-form.tsx'
import { meansOf } from '../../../../_components/ves/host-means.ts'
import { limitsReason } from '../../../../_components/ves/ve-configure-reason.ts'
import { VeFrame } from '../../../../_components/ves/ve-frame.tsx'
import { Age } from '../../../../_ui/age.tsx'
import { Section } from '../../../../_ui/section.tsx'
import { linkClass } from '../../../../_ui/text-link.ts'

export const metadata: Metadata = { title: 'Resources' }

type VeResourcesPageProps = {
  params: Promise<{ ve: string }>
  searchParams: Promise<{ order?: string }>
}

export default async function VeResourcesPage({ params, searchParams }: VeResourcesPageProps) {
  const viewer = await requireViewer()
  const ve = await orNotFound(getVe(viewer, (await params).ve))
  const wanted = (await searchParams).order
  const order = BEANCOUNTER_ORDERS.find((each) => each === wanted) ?? 'kernel'
  const [history, host] = await Promise.all([
    veBeancounterHistory(viewer, ve.id),
    seenHost(viewer, ve.host.id),
  ])
  const statuses = host?.facts?.beancounters ?? null
  return (
    <VeFrame viewer={viewer} ve={ve} tab="Resources">
      <div className="grid gap-6">
        <Section title="Beancounters" aside={<Orders veId={ve.id} order={order} at={ve.observedAt} />} flush>
          <BeancounterTable ve={ve} history={history} statuses={statuses} order={order} />
        </Section>
        <Section
          title="Limits"
          aside={ve.state === 'running' ? null : 'It does not run: all of it counts from its next start.'}
        >
          <LimitsForm
            veId={ve.id}
            limits={ve.limits}
            observed={ve.observed}
            hosts={host ? [meansOf(host)] : []}
            asides={limitAsides(statuses, ve.storage)}
            disabledReason={limitsReason(viewer, ve)}
          />
        </Section>
      </div>
    </VeFrame>
  )
}

/** Hosts are the provider's to see. */
async function seenHost(viewer: Viewer, id: string): Promise<HostResource | null> {
  return canAtProvider(viewer, 'host:read') ? getHost(viewer, id) : null
}

const ORDER: Record<BeancounterOrder, string> = { kernel: 'As the kernel', class: 'By class' }

function Orders({ veId, order, at }: { veId: string; order: BeancounterOrder; at: string | null }) {
  return (
    <span className="flex flex-wrap gap-x-3">
      {BEANCOUNTER_ORDERS.map((each) => (
        <Link
          key={each}
          href={`${paths.veResources(veId)}?order=${each}`}
          prefetch={false}
          scroll={false}
          aria-current={each === order ? 'true' : undefined}
          className={each === order ? 'font-medium text-content' : linkClass}
        >
          {ORDER[each]}
        </Link>
      ))}
      {at === null ? null : (
        <span>
          seen <Age at={at} />
        </span>
      )}
    </span>
  )
}
