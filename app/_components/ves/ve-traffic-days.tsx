import { formatBytes } from '@/lib/contract/units.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import type { VeTrafficHistory } from '@/lib/ves/traffic.ts'
import { TRAFFIC_ACTION } from '@/lib/ves/traffic-settings.ts'
import { Meter } from '../../_ui/meter.tsx'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'

/** Bars of the last days, in beside out, and the months in figures. */
export function VeTrafficDays({
  traffic,
  limit,
}: {
  traffic: VeTrafficHistory
  limit: VeResource['traffic']
}) {
  const most = Math.max(1, ...traffic.days.flatMap(({ inBytes, outBytes }) => [inBytes, outBytes]))
  return (
    <div className="grid gap-5">
      {limit.limitBytes === null ? (
        <p className="text-content-muted">
          {formatBytes(limit.usedBytes)} since {limit.periodFrom}; no monthly limit.
        </p>
      ) : (
        <Meter
          label={`Since ${limit.periodFrom}; at the limit: ${TRAFFIC_ACTION[limit.action].label.toLowerCase()}`}
          value={limit.usedBytes}
          max={limit.limitBytes}
          text={`${formatBytes(limit.usedBytes)} of ${formatBytes(limit.limitBytes)}`}
        />
      )}
      <figure aria-label="Traffic of the last days">
        <div aria-hidden className="flex h-24 items-end gap-px border-line border-b">
          {traffic.days.map(({ day, inBytes, outBytes }) => (
            <div
              key={day}
              title={`${day}: ${formatBytes(inBytes)} in, ${formatBytes(outBytes)} out`}
              className="flex h-full min-w-0 flex-1 items-end gap-px"
            >
              <div
                className="flex-1 rounded-t-sm bg-accent"
                style={{ height: `${(inBytes / most) * 100}%` }}
              />
              <div
                className="flex-1 rounded-t-sm bg-positive-mark"
                style={{ height: `${(outBytes / most) * 100}%` }}
              />
            </div>
          ))}
        </div>
        <figcaption className="mt-1 grid grid-cols-2 gap-x-4 text-content-muted text-sm">
          <span>{traffic.days[0]?.day}</span>
          <span className="text-right">today</span>
          <span className="col-span-2 flex flex-wrap items-center gap-3">
            <span className="inline-flex items-center gap-1.5">
              <span aria-hidden className="size-2 rounded-sm bg-accent" /> in
            </span>
            <span className="inline-flex items-center gap-1.5">
              <span aria-hidden className="size-2 rounded-sm bg-positive-mark" /> out
            </span>
            <span>highest {formatBytes(most === 1 ? 0 : most)}</span>
          </span>
        </figcaption>
      </figure>
      {traffic.months.length === 0 ? null : (
        <div className="-mx-4 -mb-4 border-line border-t">
          <Months months={traffic.months} />
        </div>
      )}
    </div>
  )
}

function Months({ months }: { months: VeTrafficHistory['months'] }) {
  return (
    <Table
      caption="Traffic by month"
      head={
        <>
          <HeadCell>Month</HeadCell>
          <HeadCell className="text-right">In</HeadCell>
          <HeadCell className="text-right">Out</HeadCell>
        </>
      }
    >
      {months.toReversed().map(({ month, inBytes, outBytes }) => (
        <Row key={month}>
          <Cell label="Month" lead>
            {month}
          </Cell>
          <Cell label="In" numeric>
            {formatBytes(inBytes)}
          </Cell>
          <Cell label="Out" numeric>
            {formatBytes(outBytes)}
          </Cell>
        </Row>
      ))}
    </Table>
  )
}
