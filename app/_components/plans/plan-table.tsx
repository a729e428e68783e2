import Link from 'next/link'
import { formatBytes, formatCount } from '@/lib/contract/units.ts'
import { paths } from '@/lib/paths.ts'
import type { PlanResource } from '@/lib/plans/resource.ts'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { rowLinkClass } from '../../_ui/text-link.ts'
import { SortHead } from '../lists/sort-head.tsx'
import { Moment } from '../moment.tsx'

type Order = { path: string; sort: string }

export function PlanTable({ plans, order }: { plans: readonly PlanResource[]; order: Order }) {
  const head = (
    <>
      <SortHead {...order} field="name">
        Name
      </SortHead>
      <HeadCell className="text-right">Version</HeadCell>
      <HeadCell className="text-right">Memory</HeadCell>
      <HeadCell className="text-right">Disk</HeadCell>
      <HeadCell className="text-right">CPU weight</HeadCell>
      <HeadCell>Owner</HeadCell>
      <HeadCell className="text-right">VEs</HeadCell>
      <SortHead {...order} field="createdAt" className="text-right">
        Made
      </SortHead>
    </>
  )
  return (
    <Table caption="Plans" head={head}>
      {plans.map((plan) => (
        <PlanRow key={plan.id} plan={plan} />
      ))}
    </Table>
  )
}

function PlanRow({ plan }: { plan: PlanResource }) {
  const { number, limits } = plan.latest
  return (
    <Row>
      <Cell lead className="max-w-72 md:min-w-36">
        <Link href={paths.plan(plan.id)} prefetch={false} data-row-link className={rowLinkClass}>
          {plan.name}
        </Link>
        {plan.description === '' ? null : <p className="text-content-muted text-sm">{plan.description}</p>}
      </Cell>
      <Cell label="Version" numeric>
        {number}
      </Cell>
      <Cell label="Memory" numeric className="whitespace-nowrap">
        {formatBytes(limits.memoryBytes)}
      </Cell>
      <Cell label="Disk" numeric className="whitespace-nowrap">
        {formatBytes(limits.diskBytes)}
      </Cell>
      <Cell label="CPU weight" numeric minor>
        {formatCount(limits.cpuUnits)}
      </Cell>
      <Cell label="Owner" minor className="text-content-muted">
        {plan.account.name}
      </Cell>
      <Cell label="VEs" numeric>
        {plan.ves}
        {plan.outdated > 0 ? <span className="text-caution"> ({plan.outdated} older)</span> : null}
      </Cell>
      <Cell label="Made" numeric minor className="text-content-muted">
        <Moment at={plan.createdAt} />
      </Cell>
    </Row>
  )
}
