import Link from 'next/link'
import type { AddressHistoryPage } from '@/lib/addresses/history-resource.ts'
import { paths } from '@/lib/paths.ts'
import { Tag } from '../../_ui/badge.tsx'
import { buttonClass } from '../../_ui/button-class.ts'
import { Empty } from '../../_ui/empty.tsx'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { linkClass } from '../../_ui/text-link.ts'
import { listHref } from '../lists/list-href.ts'
import { Moment } from '../moment.tsx'

type Props = { path: string; params: Record<string, string>; history: AddressHistoryPage }

export function AddressHistory({ path, params, history }: Props) {
  if (history.items.length === 0) return <Empty title="Nobody">Nobody has or had such an address.</Empty>
  return (
    <>
      <Table
        caption="Who had which address"
        head={
          <>
            <HeadCell>Address</HeadCell>
            <HeadCell>VE</HeadCell>
            <HeadCell>From</HeadCell>
            <HeadCell>Until</HeadCell>
          </>
        }
      >
        {history.items.map((entry) => (
          <Row key={entry.id}>
            <Cell label="Address" lead>
              <span className="font-mono text-sm">{entry.address}</span>
            </Cell>
            <Cell label="VE">
              <Link href={paths.ve(entry.ve.id)} prefetch={false} className={linkClass}>
                {entry.ve.name}
              </Link>{' '}
              <span className="text-content-muted text-xs">{entry.ifname}</span>{' '}
              {entry.ve.destroyed ? <Tag>destroyed</Tag> : null}
            </Cell>
            <Cell label="From">
              <Moment at={entry.from} />
            </Cell>
            <Cell label="Until">{entry.until === null ? 'has it' : <Moment at={entry.until} />}</Cell>
          </Row>
        ))}
      </Table>
      {history.next === null ? null : (
        <Link
          href={listHref(path, params, { cursor: history.next })}
          prefetch={false}
          className={buttonClass('secondary', 'm-4')}
        >
          Older
        </Link>
      )}
    </>
  )
}
