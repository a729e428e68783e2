import Link from 'next/link'
import { ARCH } from '@/lib/contract/arch.ts'
import { formatBytes } from '@/lib/contract/units.ts'
import type { HostResource } from '@/lib/hosts/resource.ts'
import { paths } from '@/lib/paths.ts'
import { Age } from '../../_ui/age.tsx'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { rowLinkClass } from '../../_ui/text-link.ts'
import { SortHead } from '../lists/sort-head.tsx'
import { UsageCell } from '../lists/usage-cell.tsx'
import { HostBadges } from './host-status.tsx'
import { SimulatedBadge } from './simulated-badge.tsx'

type Order = { path: string; sort: string }

export function HostTable({ hosts, order }: { hosts: readonly HostResource[]; order: Order }) {
  const head = (
    <>
      <SortHead {...order} field="name">
        Name
      </SortHead>
      <HeadCell className="w-28">Status</HeadCell>
      <SortHead {...order} field="address">
        Address
      </SortHead>
      <HeadCell>Machine</HeadCell>
      <HeadCell className="w-44">Memory promised</HeadCell>
      <HeadCell className="w-44">Disk used</HeadCell>
      <HeadCell className="text-right">VEs</HeadCell>
      <HeadCell className="text-right">Load</HeadCell>
      <HeadCell className="text-right">Last seen</HeadCell>
    </>
  )
  return (
    <Table caption="Hosts" head={head}>
      {hosts.map((host) => (
        <HostRow key={host.id} host={host} />
      ))}
    </Table>
  )
}

function HostRow({ host }: { host: HostResource }) {
  const diskUsed =
    host.diskBytes === null || host.diskFreeBytes === null ? null : host.diskBytes - host.diskFreeBytes
  return (
    <Row>
      <Cell lead className="max-w-72 md:min-w-36">
        <Link href={paths.host(host.id)} prefetch={false} data-row-link className={rowLinkClass}>
          {host.name}
        </Link>{' '}
        {host.simulated ? <SimulatedBadge /> : null}
      </Cell>
      <Cell label="Status">
        <HostBadges host={host} />
      </Cell>
      <Cell label="Address" minor={host.simulated} className="max-w-52 font-mono text-sm">
        {host.simulated ? '–' : host.port === 22 ? host.address : `${host.address} :${host.port}`}
      </Cell>
      <Cell label="Machine" minor className="whitespace-nowrap text-content-muted">
        {host.arch === null ? 'not known yet' : `${ARCH[host.arch].label}, ${host.cpus} CPU`}
      </Cell>
      <Cell label="Memory">
        <UsageCell
          label={`Memory promised on ${host.name}`}
          value={host.memoryPromisedBytes}
          max={host.memoryBytes}
          text={formatBytes}
        />
      </Cell>
      <Cell label="Disk">
        <UsageCell
          label={`Disk used on ${host.name}`}
          value={diskUsed}
          max={host.diskBytes}
          text={formatBytes}
        />
      </Cell>
      <Cell label="VEs" numeric>
        {host.ves}
      </Cell>
      <Cell label="Load" numeric minor className="text-content-muted">
        {host.load1 === null ? '–' : host.load1.toFixed(2)}
      </Cell>
      <Cell label="Last seen" numeric className="text-content-muted">
        {host.lastSeenAt ? <Age at={host.lastSeenAt} /> : 'never'}
      </Cell>
    </Row>
  )
}
