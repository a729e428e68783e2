import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { getVe } from '@/lib/ves/queries.ts'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import { notFromAbove } from '../../../../_components/ves/ve-allowed.ts'
import { configureReason } from '../../../../_components/ves/ve-configure-reason.ts'
import { VeFrame } from '../../../../_components/ves/ve-frame.tsx'
import { AboutForm, AccessForm, BootForm, GuestForm } from './forms.tsx'
import { TrafficForm } from './traffic-form.tsx'

export const metadata: Metadata = { title: 'Settings' }

export default async function VeSettingsPage({ params }: { params: Promise<{ ve: string }> }) {
  const viewer = await requireViewer()
  const ve = await orNotFound(getVe(viewer, (await params).ve))
  const reason = configureReason(viewer, ve)
  const trafficReason = ve.state === 'destroyed' ? 'It is destroyed.' : notFromAbove(viewer, ve.account)
  return (
    <VeFrame viewer={viewer} ve={ve} tab="Settings">
      <div className="grid gap-6">
        <AboutForm ve={ve} disabledReason={ve.state === 'destroyed' ? 'It is destroyed.' : reason} />
        <GuestForm ve={ve} disabledReason={reason} />
        <AccessForm ve={ve} disabledReason={reason} />
        <BootForm ve={ve} disabledReason={reason} />
        <TrafficForm veId={ve.id} traffic={ve.traffic} disabledReason={trafficReason} />
      </div>
    </VeFrame>
  )
}
