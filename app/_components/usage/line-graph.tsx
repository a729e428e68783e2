import { cx } from '../../_ui/cx.ts'
import { type FigureUnit, formatFigure } from './figure.ts'
import { GraphCursor } from './graph-cursor.tsx'
import { areaPath, axis, highest, linePath, shares, type Value } from './plot.ts'
import { formatTick, type TimeFormat } from './time-format.ts'

const WIDTH = 600
const HEIGHT = 100

export type LineSeries = { label: string; values: readonly Value[] }

const isUnknown = (series: readonly LineSeries[]) =>
  series.every(({ values }) => values.every((value) => value === null))

type LineGraphProps = {
  title: string
  unit: FigureUnit
  /** Two at most, with as many values each as there are times. */
  series: readonly LineSeries[]
  times: readonly string[]
  format: TimeFormat
  /** Told, and drawn across where it would not dwarf what is. */
  limits?: readonly { label: string; value: number }[]
}

const LINE = ['stroke-accent', 'stroke-positive-mark'] as const
const KEY = ['bg-accent', 'bg-positive-mark'] as const

/** Lines over time, drawn by the server. The figures are told at the pointer, and by arrow keys. */
export function LineGraph({ title, unit, series, times, format, limits = [] }: LineGraphProps) {
  const most = highest(...series.map(({ values }) => values))
  const near = limits.filter(({ value }) => value <= most * 2)
  const top = Math.max(most, ...near.map(({ value }) => value))
  const { max, lines } = axis(top, unit === 'bytes' ? 1024 : 1000)
  const box = { width: WIDTH, height: HEIGHT, max }
  const places = shares(times)
  return (
    <figure aria-label={title} className="min-w-0">
      <Caption title={title} unit={unit} series={series} limits={limits} />
      {isUnknown(series) ? (
        <p className="grid h-38 place-items-center rounded bg-surface-sunken text-content-muted text-sm">
          Nothing is known of this time.
        </p>
      ) : (
        <div className="grid grid-cols-[auto_1fr] gap-x-2">
          <Scale lines={lines} max={max} unit={unit} />
          <div className="relative h-32">
            <svg
              aria-hidden="true"
              viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
              preserveAspectRatio="none"
              className="absolute inset-0 size-full overflow-visible"
            >
              {lines.map((line) => (
                <Across key={line} at={line / max} className="stroke-line" />
              ))}
              {near.map(({ label, value }) => (
                <Across key={label} at={value / max} className="stroke-caution-mark" dashed />
              ))}
              <path
                d={areaPath(series[0]?.values ?? [], box, places)}
                className="fill-accent-quiet"
                opacity={0.7}
              />
              {series.toReversed().map(({ label, values }, index) => (
                <path
                  key={label}
                  d={linePath(values, box, places)}
                  className={cx('fill-none', LINE[series.length - 1 - index])}
                  strokeWidth={1.5}
                  strokeLinecap="round"
                  strokeLinejoin="round"
                  vectorEffect="non-scaling-stroke"
                />
              ))}
            </svg>
            <GraphCursor
              title={title}
              unit={unit}
              series={series}
              times={times}
              places={places}
              format={format}
              max={max}
            />
          </div>
          <span />
          <Times times={times} format={format} />
        </div>
      )}
    </figure>
  )
}

function Caption({
  title,
  unit,
  series,
  limits,
}: Pick<LineGraphProps, 'title' | 'unit' | 'series' | 'limits'>) {
  return (
    <figcaption className="mb-2 flex flex-wrap justify-between gap-x-4">
      <span className="font-medium text-sm">{title}</span>
      <span className="flex flex-wrap gap-x-3 text-content-muted text-sm">
        {(isUnknown(series) ? [] : series).map(({ label, values }, index) => (
          <span key={label} className="inline-flex items-center gap-1.5">
            {series.length > 1 ? <span aria-hidden className={cx('size-2 rounded-sm', KEY[index])} /> : null}
            {series.length > 1 ? `${label}: ` : null}
            {values.every((value) => value === null)
              ? 'not known'
              : `at most ${formatFigure(unit, highest(values))}`}
          </span>
        ))}
        {(limits ?? []).map(({ label, value }) => (
          <span key={label}>{`${label} ${formatFigure(unit, value)}`}</span>
        ))}
      </span>
    </figcaption>
  )
}

function Across({ at, className, dashed = false }: { at: number; className: string; dashed?: boolean }) {
  const y = HEIGHT - at * HEIGHT
  return (
    <line
      x1={0}
      x2={WIDTH}
      y1={y}
      y2={y}
      className={className}
      strokeWidth={1}
      strokeDasharray={dashed ? '4 3' : undefined}
      vectorEffect="non-scaling-stroke"
    />
  )
}

/** Each label stands at its line; the widest makes the room. */
function Scale({ lines, max, unit }: { lines: readonly number[]; max: number; unit: FigureUnit }) {
  return (
    <div aria-hidden className="relative text-right text-content-muted text-xs">
      {lines.map((line) => (
        <span key={line} className="invisible block h-0">
          {formatFigure(unit, line)}
        </span>
      ))}
      {lines.map((line) => (
        <span
          key={`at ${line}`}
          className="absolute right-0 translate-y-1/2 whitespace-nowrap"
          style={{ bottom: `${(line / max) * 100}%` }}
        >
          {formatFigure(unit, line)}
        </span>
      ))}
    </div>
  )
}

const TICKS = 4

/** At equal distances between the first time and the last. */
function Times({ times, format }: { times: readonly string[]; format: TimeFormat }) {
  const [first, last] = [Date.parse(times[0] ?? ''), Date.parse(times.at(-1) ?? '')]
  return (
    <div aria-hidden className="mt-1.5 flex justify-between text-content-muted text-xs">
      {Array.from({ length: TICKS }, (_, tick) => first + ((last - first) * tick) / (TICKS - 1)).map(
        (at, tick) => (
          <span key={at} className={cx('whitespace-nowrap', tick % (TICKS - 1) !== 0 && 'max-sm:hidden')}>
            {formatTick(new Date(at).toISOString(), format)}
          </span>
        ),
      )}
    </div>
  )
}
