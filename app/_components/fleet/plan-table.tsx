import Link from 'next/link'
import { MOVE_KIND } from '@/lib/contract/moves.ts'
import { formatBytes } from '@/lib/contract/units.ts'
import type { FleetPlan } from '@/lib/fleet/resource.ts'
import { paths } from '@/lib/paths.ts'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { linkClass } from '../../_ui/text-link.ts'

const SHOWN = 200

/** What goes where, and how. `from`: also from where. */
export function PlanTable({ moves, from = false }: { moves: FleetPlan['moves']; from?: boolean }) {
  const head = (
    <>
      <HeadCell>VE</HeadCell>
      {from ? <HeadCell>From</HeadCell> : null}
      <HeadCell>To</HeadCell>
      <HeadCell>How</HeadCell>
      <HeadCell className="text-right">To send</HeadCell>
    </>
  )
  return (
    <>
      <Table caption="What goes where" head={head}>
        {moves.slice(0, SHOWN).map((move) => (
          <Row key={move.ve.id}>
            <Cell lead>
              <Link href={paths.ve(move.ve.id)} prefetch={false} className={linkClass}>
                {move.ve.name}
              </Link>
              {move.notes.map((note) => (
                <p key={note} className="text-caution text-sm">
                  {note}
                </p>
              ))}
            </Cell>
            {from ? <Cell label="From">{move.from.name}</Cell> : null}
            <Cell label="To">{move.to.name}</Cell>
            <Cell label="How">{MOVE_KIND[move.kind].label}</Cell>
            <Cell label="To send" numeric>
              {move.diskBytes + move.memoryBytes > 0 ? formatBytes(move.diskBytes + move.memoryBytes) : '–'}
            </Cell>
          </Row>
        ))}
      </Table>
      {moves.length > SHOWN ? (
        <p className="px-4 py-3 text-content-muted">{`And ${moves.length - SHOWN} more.`}</p>
      ) : null}
    </>
  )
}

/** What stays, and why. */
export function PlanStays({ stay }: { stay: FleetPlan['stay'] }) {
  return (
    <ul aria-label="What cannot leave">
      {stay.map(({ ve, reasons }) => (
        <li key={ve.id} className="wrap-long border-line border-b px-4 py-3 last:border-b-0">
          <Link href={paths.ve(ve.id)} prefetch={false} className={linkClass}>
            {ve.name}
          </Link>
          {reasons.map((reason) => (
            <p key={reason} className="text-sm">
              {reason}
            </p>
          ))}
        </li>
      ))}
    </ul>
  )
}
