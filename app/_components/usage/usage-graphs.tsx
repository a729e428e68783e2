import type { VeLimits } from '@/lib/contract/ve-limits.ts'
import type { UsagePoint, UsageSeries } from '@/lib/usage/series.ts'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { type FigureName, formatFigure, GRAPHS } from './figure.ts'
import { LineGraph } from './line-graph.tsx'
import { formatPoint, type TimeFormat } from './time-format.ts'

type UsageGraphsProps = { series: UsageSeries; limits: VeLimits; format: TimeFormat }

/** What a VE used over a time, drawn, and the same in figures for whoever cannot see it or wants the numbers. */
export function UsageGraphs({ series: { points }, limits, format }: UsageGraphsProps) {
  const times = points.map(({ at }) => at)
  return (
    <div className="grid gap-6">
      <div className="grid gap-x-8 gap-y-7 lg:grid-cols-2">
        {GRAPHS.map(({ title, unit, lines, limit }) => {
          const most = limit(limits)
          return (
            <LineGraph
              key={title}
              title={title}
              unit={unit}
              times={times}
              format={format}
              series={lines.map(({ name, label }) => ({ label, values: points.map((point) => point[name]) }))}
              limits={most === null ? [] : [{ label: 'limit', value: most }]}
            />
          )
        })}
      </div>
      <Figures points={points} format={format} />
    </div>
  )
}

const COLUMNS = GRAPHS.flatMap(({ unit, lines }) => lines.map((line) => ({ ...line, unit })))

function Figures({ points, format }: { points: readonly UsagePoint[]; format: TimeFormat }) {
  const known = points.filter((point) => COLUMNS.some(({ name }) => point[name as FigureName] !== null))
  if (known.length === 0) return null
  return (
    <details>
      <summary className="text-content-muted text-sm">The same in figures</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section aria-label="Figures" tabIndex={0} className="mt-2 max-h-96 overflow-auto">
        <Table
          caption="Use over time"
          head={
            <>
              <HeadCell>Time</HeadCell>
              {COLUMNS.map(({ name, label }) => (
                <HeadCell key={name} className="text-right">
                  {label}
                </HeadCell>
              ))}
            </>
          }
        >
          {known.toReversed().map((point) => (
            <Row key={point.at}>
              <Cell lead className="whitespace-nowrap">
                {formatPoint(point.at, format)}
              </Cell>
              {COLUMNS.map(({ name, label, unit }) => (
                <Cell key={name} label={label} numeric className="whitespace-nowrap">
                  {formatFigure(unit, point[name])}
                </Cell>
              ))}
            </Row>
          ))}
        </Table>
      </section>
    </details>
  )
}
