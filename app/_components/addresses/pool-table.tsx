import Link from 'next/link'
import type { AddressPoolResource } from '@/lib/addresses/resource.ts'
import { formatCount } from '@/lib/contract/units.ts'
import { INTERFACE_KIND } from '@/lib/contract/ve-interface.ts'
import { paths } from '@/lib/paths.ts'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { linkClass } from '../../_ui/text-link.ts'
import { UsageCell } from '../lists/usage-cell.tsx'
import { Moment } from '../moment.tsx'

export function PoolTable({ pools }: { pools: readonly AddressPoolResource[] }) {
  const head = (
    <>
      <HeadCell>Name</HeadCell>
      <HeadCell>Prefix</HeadCell>
      <HeadCell>Kind</HeadCell>
      <HeadCell>Gives out</HeadCell>
      <HeadCell className="w-48">Used</HeadCell>
      <HeadCell className="text-right">Made</HeadCell>
    </>
  )
  return (
    <Table caption="Address pools" head={head}>
      {pools.map((pool) => (
        <Row key={pool.id}>
          <Cell lead className="max-w-72 font-medium md:min-w-32">
            <Link href={paths.pool(pool.id)} prefetch={false} className={linkClass}>
              {pool.name}
            </Link>
          </Cell>
          <Cell label="Prefix" className="font-mono text-sm">
            <span className="whitespace-nowrap">{pool.cidr}</span>
          </Cell>
          <Cell label="Kind">
            {INTERFACE_KIND[pool.kind].label}
            {pool.bridge ? (
              <span className="block whitespace-nowrap text-content-muted text-xs">
                {pool.bridge}
                {pool.vlan === null ? null : `, VLAN ${pool.vlan}`}
              </span>
            ) : null}
          </Cell>
          <Cell label="Gives out" className="font-mono text-content-muted text-sm">
            {pool.delegates === null
              ? `${pool.first} – ${pool.last}`
              : `a whole /${pool.delegates} at a time`}
          </Cell>
          <Cell label="Used">
            {pool.total === null ? (
              `${formatCount(pool.used)} of more than can be counted`
            ) : (
              <UsageCell
                label={`Used of ${pool.name}`}
                value={pool.used}
                max={pool.total}
                text={formatCount}
              />
            )}
          </Cell>
          <Cell label="Made" numeric minor className="text-content-muted">
            <Moment at={pool.createdAt} />
          </Cell>
        </Row>
      ))}
    </Table>
  )
}
