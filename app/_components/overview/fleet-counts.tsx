import Link from 'next/link'
import type { ReactNode } from 'react'
import { formatCount } from '@/lib/contract/units.ts'
import { VE_STATES } from '@/lib/contract/ve-state.ts'
import { HOST_STATUSES } from '@/lib/hosts/resource.ts'
import type { FleetOverview } from '@/lib/overview/queries.ts'
import { paths } from '@/lib/paths.ts'
import { Section } from '../../_ui/section.tsx'
import { HostStatusBadge } from '../hosts/host-status.tsx'
import { SimulatedBadge } from '../hosts/simulated-badge.tsx'
import { listHref } from '../lists/list-href.ts'
import { VeStateBadge } from '../ves/ve-state-badge.tsx'

const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, count) => sum + count, 0)

export function FleetHosts({ overview: { hosts, simulatedHosts } }: { overview: FleetOverview }) {
  const shown = HOST_STATUSES.filter((status) => hosts[status] > 0 || status === 'online')
  return (
    <Section
      title="Hosts"
      className="self-stretch"
      aside={
        simulatedHosts > 0 ? (
          <>
            {formatCount(simulatedHosts)} <SimulatedBadge />
          </>
        ) : null
      }
    >
      <Total count={total(hosts)} href={paths.hosts()} label="hosts" />
      <ul>
        {shown.map((status) => (
          <Count key={status} count={hosts[status]} href={listHref(paths.hosts(), {}, { status })}>
            <HostStatusBadge status={status} />
          </Count>
        ))}
      </ul>
    </Section>
  )
}

export function FleetVes({ overview: { ves } }: { overview: FleetOverview }) {
  const shown = VE_STATES.filter((state) => ves[state] > 0 || state === 'running' || state === 'stopped')
  return (
    <Section title="VEs" className="self-stretch">
      <Total count={total(ves)} href={paths.ves()} label="VEs" />
      <ul>
        {shown.map((state) => (
          <Count key={state} count={ves[state]} href={listHref(paths.ves(), {}, { state })}>
            <VeStateBadge state={state} />
          </Count>
        ))}
      </ul>
    </Section>
  )
}

function Total({ count, href, label }: { count: number; href: string; label: string }) {
  return (
    <p className="mb-2">
      <Link href={href} prefetch={false} className="hover:text-accent">
        <span className="font-semibold text-2xl">{formatCount(count)}</span>
        <span className="sr-only"> {label}</span>
      </Link>
    </p>
  )
}

function Count({ count, href, children }: { count: number; href: string; children: ReactNode }) {
  return (
    <li>
      <Link
        href={href}
        prefetch={false}
        className="-mx-2 flex justify-between rounded px-2 py-1 hover:bg-surface-hover"
      >
        {children}
        <span className={count === 0 ? 'text-content-faint' : 'font-medium'}>{formatCount(count)}</span>
      </Link>
    </li>
  )
}
