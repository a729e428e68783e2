'use client'
import { type KeyboardEvent, type PointerEvent, useState } from 'react'
import { type FigureUnit, formatFigure } from './figure.ts'
import type { LineSeries } from './line-graph.tsx'
import { formatPoint, type TimeFormat } from './time-format.ts'

type GraphCursorProps = {
  title: string
  unit: FigureUnit
  series: readonly LineSeries[]
  times: readonly string[]
  /** Where each lies, from left to right, 0 to 1. */
  places: readonly number[]
  format: TimeFormat
  max: number
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }

function nearest(places: readonly number[], share: number): number {
  const distances = places.map((place) => Math.abs(place - share))
  return distances.indexOf(Math.min(...distances))
}

/** Over a graph: tells the figures of one moment, under the pointer or by arrow keys. */
export function GraphCursor({ title, unit, series, times, places, format, max }: GraphCursorProps) {
  const [at, setAt] = useState<number | null>(null)
  const last = times.length - 1
  const clamp = (index: number) => Math.max(0, Math.min(last, index))
  function point(event: PointerEvent<HTMLDivElement>) {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    setAt(nearest(places, (event.clientX - left) / width))
  }
  function press({ key, preventDefault }: Pick<KeyboardEvent, 'key' | 'preventDefault'>) {
    const from = at ?? last
    const to = key === 'Home' ? 0 : key === 'End' ? last : key in STEPS ? from + (STEPS[key] ?? 0) : null
    if (to === null) return
    preventDefault()
    setAt(clamp(to))
  }
  const shown = clamp(at ?? last)
  const time = times[shown]
  const lines = series.map(({ label, values }) => `${label} ${formatFigure(unit, values[shown] ?? null)}`)
  const share = places[shown] ?? 0
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={`${title}: moment`}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={shown}
      aria-valuetext={time === undefined ? undefined : `${formatPoint(time, format)}: ${lines.join(', ')}`}
      className="absolute inset-0 rounded-sm"
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={() => setAt(null)}
      onFocus={() => setAt((before) => before ?? last)}
      onBlur={() => setAt(null)}
      onKeyDown={(event) => press({ key: event.key, preventDefault: () => event.preventDefault() })}
    >
      {at === null || time === undefined ? null : (
        <div aria-hidden className="pointer-events-none absolute inset-0">
          <div className="absolute inset-y-0 w-px bg-line-control" style={{ left: `${share * 100}%` }} />
          {series.map(({ label, values }) => (
            <Dot key={label} share={share} value={values[shown] ?? null} max={max} />
          ))}
          <p
            className="layer-row-content absolute top-1 whitespace-nowrap rounded bg-surface-raised px-2 py-1 text-xs shadow-overlay"
            style={share > 0.5 ? { right: `${(1 - share) * 100 + 1.5}%` } : { left: `${share * 100 + 1.5}%` }}
          >
            <span className="block text-content-muted">{formatPoint(time, format)}</span>
            {lines.map((line) => (
              <span key={line} className="block">
                {line}
              </span>
            ))}
          </p>
        </div>
      )}
    </div>
  )
}

function Dot({ share, value, max }: { share: number; value: number | null; max: number }) {
  if (value === null || max <= 0) return null
  return (
    <div
      className="absolute size-2 -translate-x-1/2 translate-y-1/2 rounded-full border-2 border-surface-raised bg-content"
      style={{ left: `${share * 100}%`, bottom: `${(value / max) * 100}%` }}
    />
  )
}
