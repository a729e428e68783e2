import Link from 'next/link'
import { AUDIT_ACTION } from '@/lib/audit/actions.ts'
import type { AuditEventResource } from '@/lib/audit/resource.ts'
import { paths } from '@/lib/paths.ts'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { linkClass } from '../../_ui/text-link.ts'
import { Moment } from '../moment.tsx'

export function AuditTable({ events }: { events: readonly AuditEventResource[] }) {
  return (
    <Table
      caption="Audit"
      head={
        <>
          <HeadCell>When</HeadCell>
          <HeadCell>Who</HeadCell>
          <HeadCell>What</HeadCell>
          <HeadCell>To what</HeadCell>
          <HeadCell>Details</HeadCell>
        </>
      }
    >
      {events.map((event) => (
        <Row key={event.id}>
          <Cell label="When" className="md:whitespace-nowrap">
            <Moment at={event.at} />
          </Cell>
          <Cell label="Who">
            {event.actorName}
            {event.ipAddress ? (
              <span className="block text-content-muted text-xs">from {event.ipAddress}</span>
            ) : null}
          </Cell>
          <Cell label="What" lead>
            {AUDIT_ACTION[event.action].label}
          </Cell>
          <Cell label="To what">
            {event.veId ? (
              <Link href={paths.ve(event.veId)} prefetch={false} className={linkClass}>
                {event.subject}
              </Link>
            ) : (
              event.subject
            )}
          </Cell>
          <Cell label="Details" className="text-content-muted text-sm">
            {Object.keys(event.details).length === 0 ? null : <Details details={event.details} />}
          </Cell>
        </Row>
      ))}
    </Table>
  )
}

function Details({ details }: { details: AuditEventResource['details'] }) {
  return (
    <ul>
      {Object.entries(details).map(([name, value]) => (
        <li key={name}>
          {words(name)}: <span className="text-content">{shown(value)}</span>
        </li>
      ))}
    </ul>
  )
}

/** "rateInBits" as "rate in bits". */
const words = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

function shown(value: unknown): string {
  if (value === null) return 'none'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(shown).join(', ')
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
