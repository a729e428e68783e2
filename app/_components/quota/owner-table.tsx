import type { QuotaOwner } from '@/lib/contract/quota.ts'
import { formatBytes, formatCount } from '@/lib/contract/units.ts'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { UsageCell } from '../lists/usage-cell.tsx'
import { Moment } from '../moment.tsx'
import { OwnerChange } from './owner-change.tsx'

/** Users and groups inside, with what they hold and may hold. */
export function OwnerTable({
  veId,
  owners,
  disabledReason,
}: {
  veId: string
  owners: readonly QuotaOwner[]
  disabledReason: string | null
}) {
  return (
    <Table
      caption="Users and groups inside"
      head={
        <>
          <HeadCell>Owner</HeadCell>
          <HeadCell>Space</HeadCell>
          <HeadCell className="text-right">Space, soft</HeadCell>
          <HeadCell>Files</HeadCell>
          <HeadCell className="text-right">Files, soft</HeadCell>
          <HeadCell>Grace</HeadCell>
          <HeadCell className="text-right">
            <span className="sr-only">Actions</span>
          </HeadCell>
        </>
      }
    >
      {owners.map((owner) => (
        <Row key={`${owner.kind} ${owner.id}`}>
          <Cell lead>
            <span className="font-medium">{owner.name ?? `no name`}</span>
            <span className="block text-content-muted text-sm">{`${owner.kind} ${owner.id}`}</span>
          </Cell>
          <Cell label="Space">
            <Used label="Space" used={owner.usedBytes} hard={owner.limits.hardBytes} text={formatBytes} />
          </Cell>
          <Cell label="Space, soft" numeric className="whitespace-nowrap">
            {owner.limits.softBytes === null ? '–' : formatBytes(owner.limits.softBytes)}
          </Cell>
          <Cell label="Files">
            <Used label="Files" used={owner.usedInodes} hard={owner.limits.hardInodes} text={formatCount} />
          </Cell>
          <Cell label="Files, soft" numeric className="whitespace-nowrap">
            {owner.limits.softInodes === null ? '–' : formatCount(owner.limits.softInodes)}
          </Cell>
          <Cell label="Grace">
            <Graces owner={owner} />
          </Cell>
          <Cell>
            <OwnerChange veId={veId} owner={owner} disabledReason={disabledReason} />
          </Cell>
        </Row>
      ))}
    </Table>
  )
}

type UsedProps = { label: string; used: number; hard: number | null; text: (amount: number) => string }

function Used({ label, used, hard, text }: UsedProps) {
  if (hard === null)
    return (
      <span className="whitespace-nowrap">
        {text(used)} <span className="text-content-muted">no hard limit</span>
      </span>
    )
  return <UsageCell label={label} value={used} max={hard} text={text} />
}

/** Only of what is above its soft limit: until when. */
function Graces({ owner: { bytesGraceEndsAt, inodesGraceEndsAt } }: { owner: QuotaOwner }) {
  const parts = [
    ['space', bytesGraceEndsAt],
    ['files', inodesGraceEndsAt],
  ] as const
  const over = parts.filter((part): part is readonly ['space' | 'files', number] => part[1] !== null)
  if (over.length === 0) return <span className="text-content-faint">–</span>
  return over.map(([what, at]) => (
    <span key={what} className="block text-caution">
      {what}: {at <= Date.now() ? 'ended ' : 'until '}
      <Moment at={new Date(at).toISOString()} />
    </span>
  ))
}
