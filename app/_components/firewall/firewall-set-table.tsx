import Link from 'next/link'
import type { FirewallSetResource } from '@/lib/firewall/set-resource.ts'
import { paths } from '@/lib/paths.ts'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { linkClass } from '../../_ui/text-link.ts'
import { Moment } from '../moment.tsx'

export function FirewallSetTable({ sets }: { sets: readonly FirewallSetResource[] }) {
  return (
    <Table
      caption="Firewall rule sets"
      head={
        <>
          <HeadCell>Name</HeadCell>
          <HeadCell>Description</HeadCell>
          <HeadCell className="text-right">Rules</HeadCell>
          <HeadCell className="text-right">VEs</HeadCell>
          <HeadCell className="text-right">Changed</HeadCell>
        </>
      }
    >
      {sets.map((set) => (
        <Row key={set.id}>
          <Cell lead className="font-medium">
            <Link href={paths.firewallSet(set.id)} prefetch={false} className={linkClass}>
              {set.name}
            </Link>
          </Cell>
          <Cell label="Description" className="text-content-muted">
            {set.description}
          </Cell>
          <Cell label="Rules" numeric>
            {set.rules.length}
          </Cell>
          <Cell label="VEs" numeric>
            {set.ves}
          </Cell>
          <Cell label="Changed" numeric minor className="text-content-muted">
            <Moment at={set.updatedAt} />
          </Cell>
        </Row>
      ))}
    </Table>
  )
}
