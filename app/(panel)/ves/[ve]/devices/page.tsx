import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAtProvider, type Viewer } from '@/lib/auth/viewer.ts'
import { CAPABILITIES, type CapabilityReport } from '@/lib/contract/capabilities.ts'
import type { HostFacts } from '@/lib/contract/host-facts.ts'
import { VE_FEATURE, VE_FEATURE_NAMES } from '@/lib/contract/ve-features.ts'
import { getHost } from '@/lib/hosts/queries.ts'
import { getVe } from '@/lib/ves/queries.ts'
import { HostDeviceTable } from '../../../../_components/hosts/host-device-table.tsx'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import { configureReason } from '../../../../_components/ves/ve-configure-reason.ts'
import { VeFrame } from '../../../../_components/ves/ve-frame.tsx'
import { Section } from '../../../../_ui/section.tsx'
import { DevicesForm, FeaturesForm } from './forms.tsx'

export const metadata: Metadata = { title: 'Devices' }

const ONLY_PROVIDER = 'Only the provider gives out devices of its hosts.'

export default async function VeDevicesPage({ params }: { params: Promise<{ ve: string }> }) {
  const viewer = await requireViewer()
  const ve = await orNotFound(getVe(viewer, (await params).ve))
  const host = await seenHost(viewer, ve.host.id)
  const reason = configureReason(viewer, ve)
  const provider = canAtProvider(viewer, 'host:read')
  return (
    <VeFrame viewer={viewer} ve={ve} tab="Devices">
      <div className="grid gap-6">
        <FeaturesForm
          veId={ve.id}
          features={ve.features}
          obstacles={obstacles(host?.capabilities ?? null)}
          nfsObstacle={lacking(host?.capabilities ?? null, 'nfs')}
          provider={provider}
          disabledReason={reason}
        />
        <DevicesForm
          veId={ve.id}
          devices={ve.devices}
          networkDevices={ve.networkDevices}
          disabledReason={provider ? reason : ONLY_PROVIDER}
        />
        {host?.facts ? (
          <Section title={`Devices of ${ve.host.name}`} flush>
            <HostDeviceTable facts={host.facts} />
          </Section>
        ) : null}
      </div>
    </VeFrame>
  )
}

/** Hosts are the provider's to see; for others the server says what cannot be had. */
async function seenHost(
  viewer: Viewer,
  id: string,
): Promise<{ capabilities: CapabilityReport | null; facts: HostFacts | null } | null> {
  return canAtProvider(viewer, 'host:read') ? getHost(viewer, id) : null
}

function lacking(report: CapabilityReport | null, capability: keyof typeof CAPABILITIES): string | null {
  const found = report?.[capability]
  return found && !found.available ? (found.reason ?? `Its host has no ${CAPABILITIES[capability]}.`) : null
}

function obstacles(report: CapabilityReport | null): Record<string, string | null> {
  return Object.fromEntries(
    VE_FEATURE_NAMES.map((name) => {
      const { needs } = VE_FEATURE[name]
      return [name, needs === null ? null : lacking(report, needs)]
    }),
  )
}
