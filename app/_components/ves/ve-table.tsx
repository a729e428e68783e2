import Link from 'next/link'
import type { Viewer } from '@/lib/auth/viewer.ts'
import { formatBytes } from '@/lib/contract/units.ts'
import { paths } from '@/lib/paths.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { SUSPEND_REASON } from '@/lib/ves/suspension.ts'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { linkClass, rowLinkClass } from '../../_ui/text-link.ts'
import { SimulatedBadge } from '../hosts/simulated-badge.tsx'
import { SortHead } from '../lists/sort-head.tsx'
import { veOffers } from './ve-allowed.ts'
import { VeRowMenu } from './ve-row-menu.tsx'
import { VeStateBadge } from './ve-state-badge.tsx'
import { veSubject } from './ve-subject.ts'

type Order = { path: string; sort: string }

/** `order` makes the heads sort; without it the table is a plain one, on another thing's page. */
export function VeTable({
  viewer,
  ves,
  order,
}: {
  viewer: Viewer
  ves: readonly VeResource[]
  order?: Order
}) {
  const head = (field: string, text: string, className?: string) =>
    order ? (
      <SortHead {...order} field={field} className={className}>
        {text}
      </SortHead>
    ) : (
      <HeadCell className={className}>{text}</HeadCell>
    )
  return (
    <Table
      caption="VEs"
      head={
        <>
          {head('veid', 'VEID', 'w-20')}
          {head('name', 'Name')}
          <HeadCell className="w-36">State</HeadCell>
          <HeadCell>Addresses</HeadCell>
          <HeadCell>Host</HeadCell>
          <HeadCell>Template</HeadCell>
          {head('memoryBytes', 'Memory', 'text-right')}
          {head('diskBytes', 'Disk', 'text-right')}
          <HeadCell className="w-10">
            <span className="sr-only">Actions</span>
          </HeadCell>
        </>
      }
    >
      {ves.map((ve) => (
        <VeRow key={ve.id} viewer={viewer} ve={ve} />
      ))}
    </Table>
  )
}

function VeRow({ viewer, ve }: { viewer: Viewer; ve: VeResource }) {
  return (
    <Row>
      <Cell label="VEID" minor className="text-content-muted">
        {ve.veid}
      </Cell>
      <Cell lead className="max-w-72 max-md:pr-8! md:min-w-36">
        <Link href={paths.ve(ve.id)} prefetch={false} data-row-link className={rowLinkClass}>
          {ve.name}
        </Link>
        {ve.hostname === ve.name ? null : <p className="text-content-muted text-sm">{ve.hostname}</p>}
      </Cell>
      <Cell label="State">
        <VeStateBadge state={ve.state} />
        {ve.suspended ? (
          <p className="text-danger text-sm md:whitespace-nowrap">{`suspended: ${SUSPEND_REASON[ve.suspended.reason].label.toLowerCase()}`}</p>
        ) : null}
      </Cell>
      <Cell label="Addresses" className="max-w-52 font-mono text-sm">
        {ve.addresses.length === 0 ? (
          <span className="text-content-faint">none</span>
        ) : (
          ve.addresses.join(' ')
        )}
      </Cell>
      <Cell label="Host" className="max-w-60 md:min-w-32">
        <Link
          href={paths.host(ve.host.id)}
          prefetch={false}
          className={`layer-row-content relative ${linkClass}`}
        >
          {ve.host.name}
        </Link>{' '}
        {ve.host.simulated ? <SimulatedBadge /> : null}
      </Cell>
      <Cell label="Template" minor className="text-content-muted">
        <span title={ve.template.name} className="block w-max max-w-36 truncate">
          {ve.template.name}
        </span>
      </Cell>
      <Cell label="Memory" numeric minor className="whitespace-nowrap">
        {formatBytes(ve.limits.memoryBytes)}
      </Cell>
      <Cell label="Disk" numeric minor className="whitespace-nowrap">
        {formatBytes(ve.limits.diskBytes)}
      </Cell>
      <Cell
        numeric
        className="max-md:absolute! max-md:top-2 max-md:right-3 max-md:col-auto! max-md:block! max-md:w-7"
      >
        <VeRowMenu ve={veSubject(ve)} offers={veOffers(viewer, ve)} />
      </Cell>
    </Row>
  )
}
