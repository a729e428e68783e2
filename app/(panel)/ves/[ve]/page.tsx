import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { listOperations } from '@/lib/operations/queries.ts'
import { getVe } from '@/lib/ves/queries.ts'
import { OperationTable } from '../../../_components/operations/operation-table.tsx'
import { orNotFound } from '../../../_components/or-not-found.ts'
import { VeFacts, VeLimitFacts } from '../../../_components/ves/ve-facts.tsx'
import { VeFrame } from '../../../_components/ves/ve-frame.tsx'
import { VeUsage } from '../../../_components/ves/ve-usage.tsx'
import { Age } from '../../../_ui/age.tsx'
import { Section } from '../../../_ui/section.tsx'

export const metadata: Metadata = { title: 'VE' }

const RECENT = 10

export default async function VePage({ params }: { params: Promise<{ ve: string }> }) {
  const viewer = await requireViewer()
  const ve = await orNotFound(getVe(viewer, (await params).ve))
  const operations = await listOperations(viewer, { veId: ve.id, limit: RECENT })
  return (
    <VeFrame viewer={viewer} ve={ve} tab="Overview">
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
          {ve.notes === '' ? null : (
            <Section title="Notes">
              <p className="wrap-long whitespace-pre-wrap">{ve.notes}</p>
            </Section>
          )}
        </div>
        <Section title="Operations" className="lg:col-span-2" flush>
          <OperationTable caption={`Operations of ${ve.name}`} operations={operations.items} compact />
        </Section>
      </div>
    </VeFrame>
  )
}
