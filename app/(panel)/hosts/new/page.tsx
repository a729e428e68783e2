import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { paths } from '@/lib/paths.ts'
import { Crumb } from '../../../_components/crumb.tsx'
import type { SearchParams } from '../../../_components/lists/list-params.ts'
import { orNotFound } from '../../../_components/or-not-found.ts'
import { PageHeader } from '../../../_ui/page-header.tsx'
import { Stepper } from '../../../_ui/stepper.tsx'
import { AddressStep } from './address-step.tsx'
import { CredentialStep } from './credential-step.tsx'
import { type Flow, readFlow, readProbe } from './flow.ts'
import { IdentityStep } from './identity-step.tsx'
import { Preview } from './preview.tsx'
import { SimulatedHost } from './simulated-host.tsx'

export const metadata: Metadata = { title: 'Add host' }

const STEPS = ['Address', 'Identity', 'Sign in', 'Enrol'] as const

export default async function HostNewPage({ searchParams }: { searchParams: SearchParams }) {
  await requireViewer()
  const params = await searchParams
  const flow = readFlow(params)
  const step = flow === null ? 0 : flow.confirmed ? 2 : 1
  return (
    <>
      <PageHeader trail={<Crumb href={paths.hosts()}>Hosts</Crumb>} title="Add host" />
      <Stepper steps={STEPS} current={step} label="Adding a host" />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0">
          {flow ? <Later flow={flow} /> : <AddressStep given={params} />}
          {flow ? null : <SimulatedHost />}
        </div>
        <Preview />
      </div>
    </>
  )
}

/** The steps after the first lean on what the probe found, never on what the URL says it found. */
async function Later({ flow }: { flow: Flow }) {
  const viewer = await requireViewer()
  const operation = await orNotFound(getOperation(viewer, flow.probe))
  const probe = readProbe(operation)
  if (flow.confirmed && probe) return <CredentialStep flow={flow} fingerprint={probe.fingerprint} />
  return <IdentityStep flow={flow} operation={operation} probe={probe} />
}
