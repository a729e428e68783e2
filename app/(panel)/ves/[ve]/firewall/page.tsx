import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { listFirewallSets } from '@/lib/firewall/queries.ts'
import { getVe } from '@/lib/ves/queries.ts'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import { configureReason } from '../../../../_components/ves/ve-configure-reason.ts'
import { VeFrame } from '../../../../_components/ves/ve-frame.tsx'
import { VeFirewallForm } from './form.tsx'

export const metadata: Metadata = { title: 'Firewall' }

const IN_MENU = 200

export default async function VeFirewallPage({ params }: { params: Promise<{ ve: string }> }) {
  const viewer = await requireViewer()
  const ve = await orNotFound(getVe(viewer, (await params).ve))
  const sets = await listFirewallSets(viewer, { veId: ve.id, limit: IN_MENU })
  return (
    <VeFrame viewer={viewer} ve={ve} tab="Firewall">
      <VeFirewallForm
        // What was saved meanwhile, by this form too, is what the form begins with.
        key={JSON.stringify(ve.firewall)}
        veId={ve.id}
        settings={ve.firewall}
        sets={sets.items.map(({ id, name, rules }) => ({ id, name, rules: rules.length }))}
        disabledReason={configureReason(viewer, ve)}
      />
    </VeFrame>
  )
}
