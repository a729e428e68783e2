import { highest, linePath, type Value } from './plot.ts'

const WIDTH = 96
const HEIGHT = 20

/** The course of one figure, small enough for a table; `label` says it in words. */
export function Sparkline({ values, label }: { values: readonly Value[]; label: string }) {
  const box = { width: WIDTH, height: HEIGHT, max: highest(values) }
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`-1 -1 ${WIDTH + 2} ${HEIGHT + 2}`}
      width={WIDTH}
      height={HEIGHT}
      className="overflow-visible"
    >
      <line x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} className="stroke-line" strokeWidth={1} />
      <path
        d={linePath(values, box)}
        className="fill-none stroke-accent"
        strokeWidth={2}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
