import { BEANCOUNTERS } from '@/lib/contract/beancounters.ts'
import { formatCount } from '@/lib/contract/units.ts'
import { type VeLimits, withLimits } from '@/lib/contract/ve-limits.ts'
import { limitDifferences } from '@/lib/limits/limit-differences.ts'
import { LIMIT_FIELD } from '@/lib/limits/limit-fields.ts'
import { limitText } from '@/lib/limits/limit-text.ts'
import type { LimitEventResource } from '@/lib/usage/limit-event-resource.ts'
import { StateBadge } from '../../_ui/badge.tsx'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { Moment } from '../moment.tsx'
import { formatAmount } from '../resources/amount.ts'
import { ApplyLimits } from '../resources/apply-limits.tsx'
import { typedChange } from '../resources/limit-changes.ts'
import { LineGraph } from './line-graph.tsx'

type LimitEventListProps = {
  veId: string
  events: readonly LimitEventResource[]
  limits: VeLimits
  timeZone: string
  disabledReason: string | null
}

/** The flight recorder: what was refused or killed, the minute before it, who held most, and limits that would have let it pass. */
export function LimitEventList({ events, ...around }: LimitEventListProps) {
  return (
    <ol aria-label="Limit events" className="grid">
      {events.map((event) => (
        <li key={event.id} className="border-line border-b px-4 py-4 last:border-b-0">
          <LimitEvent event={event} {...around} />
        </li>
      ))}
    </ol>
  )
}

type LimitEventProps = Omit<LimitEventListProps, 'events'> & { event: LimitEventResource }

function LimitEvent({ event, veId, limits, timeZone, disabledReason }: LimitEventProps) {
  const { parameter, kind, refusals } = event
  const { label } = BEANCOUNTERS[parameter]
  return (
    <article className="grid gap-4">
      <div>
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
          <h3 className="font-semibold">
            {label} <span className="font-mono font-normal text-content-muted text-xs">{parameter}</span>
          </h3>
          <span className="flex flex-wrap gap-x-3 text-content-muted text-sm">
            <StateBadge tone={kind === 'killed' ? 'danger' : 'caution'}>
              {kind === 'killed' ? 'Something was killed' : `Refused ${times(refusals)}`}
            </StateBadge>
            <Moment at={event.at} />
          </span>
        </div>
        <p className="wrap-long mt-1 max-w-[80ch]">{event.text}</p>
      </div>
      <div className="grid gap-x-8 gap-y-4 md:grid-cols-2">
        <Before event={event} label={label} timeZone={timeZone} />
        <Holders event={event} />
      </div>
      <Proposal event={event} veId={veId} limits={limits} disabledReason={disabledReason} />
    </article>
  )
}

const times = (count: number) => (count === 1 ? 'once' : `${formatCount(count)} times`)

function Before({ event, label, timeZone }: { event: LimitEventResource; label: string; timeZone: string }) {
  const { before, parameter, held, barrier, limit, at } = event
  const points = [...before.filter((point) => point.at < at), { at, held }]
  if (points.length < 2)
    return <p className="text-content-muted text-sm">Nothing is known of the minute before.</p>
  const bounds = [
    ...(limit === null ? [] : [{ label: 'limit', value: limit }]),
    ...(barrier === null || barrier === 0 || barrier === limit ? [] : [{ label: 'barrier', value: barrier }]),
  ]
  return (
    <LineGraph
      title={`${label} in the minute before`}
      unit={BEANCOUNTERS[parameter].unit === 'items' ? 'items' : 'bytes'}
      series={[{ label: 'Held', values: points.map((point) => point.held) }]}
      times={points.map((point) => point.at)}
      format={{ timeZone, range: 'minute' }}
      limits={bounds}
    />
  )
}

function Holders({ event: { holders, parameter } }: { event: LimitEventResource }) {
  if (holders.length === 0)
    return <p className="text-content-muted text-sm">Which processes held it is not known.</p>
  return (
    <div className="-mx-4 md:mx-0">
      <Table
        caption="Processes that held most"
        head={
          <>
            <HeadCell>Held most by</HeadCell>
            <HeadCell className="text-right">Held</HeadCell>
          </>
        }
      >
        {holders.map(({ command, held }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two processes may be alike, and the list never changes
          <Row key={index}>
            <Cell lead>
              <span className="font-mono text-sm">{command}</span>
            </Cell>
            <Cell label="Held" numeric className="whitespace-nowrap">
              {formatAmount(parameter, held)}
            </Cell>
          </Row>
        ))}
      </Table>
    </div>
  )
}

function Proposal({ event: { proposal }, veId, limits, disabledReason }: Omit<LimitEventProps, 'timeZone'>) {
  const changes = proposal === null ? [] : limitDifferences(limits, withLimits(limits, proposal))
  if (proposal === null || changes.length === 0)
    return (
      <p className="text-content-muted text-sm">
        Nothing to propose: its limits are high enough by now, or raising one would not help.
      </p>
    )
  return (
    <div className="grid gap-2 rounded border border-line bg-surface-sunken px-4 py-3">
      <p className="text-sm">These limits would let it pass, and fit each other:</p>
      <ul className="flex flex-wrap gap-x-5 gap-y-1">
        {changes.map(({ field, before, after }) => (
          <li key={field}>
            <span className="text-content-muted">{LIMIT_FIELD[field].label}</span> {limitText(field, before)}{' '}
            → <strong>{limitText(field, after)}</strong>
          </li>
        ))}
      </ul>
      <ApplyLimits veId={veId} typed={typedChange(limits, proposal)} disabledReason={disabledReason} />
    </div>
  )
}
