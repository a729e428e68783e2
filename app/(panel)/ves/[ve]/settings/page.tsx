import type { Metadata } from 'next'
import { PERMISSIONS } from '@/lib/auth/permissions.ts'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAnywhere } from '@/lib/auth/viewer.ts'
import { getVe } from '@/lib/ves/queries.ts'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import { configureReason } from '../../../../_components/ves/ve-configure-reason.ts'
import { VeFrame } from '../../../../_components/ves/ve-frame.tsx'
import { AboutForm, AccessForm, BootForm, GuestForm } from './forms.tsx'
import { TrafficForm } from './traffic-form.tsx'

export const metadata: Metadata = { title: 'Settings' }

export default async function VeSettingsPage({ params }: { params: Promise<{ ve: string }> }) {
  const viewer = await requireViewer()
  const ve = await orNotFound(getVe(viewer, (await params).ve))
  const reason = configureReason(viewer, ve)
  const trafficReason = canAnywhere(viewer, 've:suspend')
    ? null
    : `Your role does not allow you to ${PERMISSIONS['ve:suspend']}.`
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
