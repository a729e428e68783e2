import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAtProvider, type Viewer } from '@/lib/auth/viewer.ts'
import { CAPABILITIES, type CapabilityReport } from '@/lib/contract/capabilities.ts'
import type { HostFacts } from '@/lib/contract/host-facts.ts'
import { VE_FEATURE, VE_FEATURE_NAMES } from '@/lib/contract/ve-features.ts'
import { getHost } from '@/lib/hosts/queries.ts'
import type { HostResource } from '@/lib/hosts/resource.ts'
import { getVe } from '@/lib/ves/queries.ts'
import { deviceKind, HostDeviceTable } from '../../../../_components/hosts/host-device-table.tsx'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import { lacksOf, meansOf } from '../../../../_components/ves/host-means.ts'
import { configureReason } from '../../../../_components/ves/ve-configure-reason.ts'
import { VeFrame } from '../../../../_components/ves/ve-frame.tsx'
import type { Suggestion } from '../../../../_forms/suggest-field.tsx'
import { Facts } from '../../../../_ui/facts.tsx'
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
          // What was given meanwhile, by this form too, is what the form begins with.
          key={JSON.stringify([ve.devices, ve.networkDevices])}
          veId={ve.id}
          devices={ve.devices}
          networkDevices={ve.networkDevices}
          offered={offered(host?.facts ?? null)}
          disabledReason={provider ? reason : ONLY_PROVIDER}
        />
        {host?.facts ? (
          <Section title={`Devices of ${ve.host.name}`} flush>
            <HostDeviceTable facts={host.facts} />
          </Section>
        ) : null}
        {host ? <Lacks host={host} /> : null}
      </div>
    </VeFrame>
  )
}

/** What no VE has on its host, such as a policy of AppArmor, and why. */
function Lacks({ host }: { host: HostResource }) {
  const lacks = lacksOf([meansOf(host)])
  if (lacks.length === 0) return null
  return (
    <Section title={`Not to be had on ${host.name}`}>
      <Facts items={lacks.map(({ label, why }) => [label, why] as const)} />
    </Section>
  )
}

function offered(facts: HostFacts | null): { devices: Suggestion[]; networkDevices: Suggestion[] } {
  const use = (usedFor: string | null) => (usedFor === null ? 'free' : `in use: ${usedFor}`)
  return {
    devices: (facts?.devices ?? []).map(({ path, type, sizeBytes, usedFor }) => ({
      value: path,
      about: `${deviceKind(type, sizeBytes)}, ${use(usedFor)}`,
    })),
    networkDevices: (facts?.networkDevices ?? []).map(({ name, mac, usedFor }) => ({
      value: name,
      about: `${mac}, ${use(usedFor)}`,
    })),
  }
}

/** Hosts are the provider's to see; for others the server says what cannot be had. */
async function seenHost(viewer: Viewer, id: string): Promise<HostResource | null> {
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
