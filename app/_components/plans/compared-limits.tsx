import type { KernelView } from '@/lib/limits/compare-limits.ts'
import { LIMIT_FIELD, type LimitField } from '@/lib/limits/limit-fields.ts'
import { limitText } from '@/lib/limits/limit-text.ts'
import type { VePlanResource } from '@/lib/plans/ve-plan.ts'
import { StateBadge } from '../../_ui/badge.tsx'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { Tip } from '../../_ui/tip.tsx'
import type { Tone } from '../../_ui/tone.ts'
import { BEANCOUNTER_STATUS } from '../resources/beancounter-status.tsx'

type Compared = VePlanResource['limits'][number]

/** Plan, panel's record and kernel side by side; what differs first. */
export function ComparedLimits({ compared }: { compared: readonly Compared[] }) {
  const head = (
    <>
      <HeadCell>Limit</HeadCell>
      <HeadCell>Plan</HeadCell>
      <HeadCell>VE</HeadCell>
      <HeadCell>Kernel</HeadCell>
    </>
  )
  const rows = [...compared].sort((a, b) => Number(b.differs) - Number(a.differs))
  return (
    <Table caption="Limits of the plan, of the VE, and what its host makes of them" head={head}>
      {rows.map((row) => (
        <Row key={row.field} className={row.differs ? 'bg-caution-quiet' : undefined}>
          <Cell lead className="font-medium">
            {LIMIT_FIELD[row.field].label}
          </Cell>
          <Cell label="Plan">{row.plan === null ? '–' : limitText(row.field, row.plan)}</Cell>
          <Cell label="VE">
            {limitText(row.field, row.ve)}
            {row.differs ? <span className="text-caution"> differs</span> : null}
          </Cell>
          <Cell label="Kernel">
            <Kernel field={row.field} kernel={row.kernel} />
          </Cell>
        </Row>
      ))}
    </Table>
  )
}

const HOLDS: Record<KernelView['holds'], { label: string; tone: Tone }> = {
  ...BEANCOUNTER_STATUS,
  unknown: { label: 'Not told', tone: 'neutral' },
}

function Kernel({ field, kernel }: { field: LimitField; kernel: KernelView }) {
  const { label, tone } = HOLDS[kernel.holds]
  const held = kernel.held === null ? null : limitText(field, { barrier: kernel.held, limit: kernel.held })
  const word = <StateBadge tone={tone}>{label}</StateBadge>
  return (
    <>
      {kernel.note === null ? word : <Tip text={kernel.note}>{word}</Tip>}
      {held === null ? null : <span>, {held} in use</span>}
    </>
  )
}
