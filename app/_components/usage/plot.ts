/** Where the points of a graph lie. Pure; a point that is null leaves a gap. */

export type Value = number | null
export type Box = { width: number; height: number; max: number }

const round = (value: number) => Math.round(value * 10) / 10

/** Where each moment lies between the first and the last, 0 to 1. ISO 8601, oldest first. */
export function shares(times: readonly string[]): number[] {
  const moments = times.map((at) => Date.parse(at))
  const [first, last] = [moments[0] ?? 0, moments.at(-1) ?? 0]
  return moments.map((at) => (last > first ? (at - first) / (last - first) : 0))
}

/** From left to right, 0 to 1; without them the points have equal distances. */
type Places = readonly number[]
const evenly = (values: readonly Value[]): Places =>
  values.map((_, index) => (values.length > 1 ? index / (values.length - 1) : 0))

const y = (value: number, { height, max }: Box) =>
  round(height - (max > 0 ? Math.min(1, value / max) : 0) * height)

/** Runs of neighbours that are known, as places: [[x, y], …]. */
function runs(values: readonly Value[], box: Box, places: Places): [number, number][][] {
  const found: [number, number][][] = []
  let open = false
  for (const [index, value] of values.entries()) {
    if (value === null) {
      open = false
      continue
    }
    if (!open) found.push([])
    found.at(-1)?.push([round((places[index] ?? 0) * box.width), y(value, box)])
    open = true
  }
  return found
}

/** The `d` of an SVG path. One point alone becomes a dot, with round caps. */
export function linePath(values: readonly Value[], box: Box, places = evenly(values)): string {
  return runs(values, box, places)
    .map((run) =>
      run.length === 1
        ? `M${run[0]?.join(',')}h0`
        : run.map((place, index) => `${index === 0 ? 'M' : 'L'}${place.join(',')}`).join(''),
    )
    .join('')
}

/** The same, closed along the bottom. */
export function areaPath(values: readonly Value[], box: Box, places = evenly(values)): string {
  return runs(values, box, places)
    .filter((run) => run.length > 1)
    .map((run) => {
      const [first, last] = [run[0]?.[0], run.at(-1)?.[0]]
      return `M${first},${box.height}${run.map((place) => `L${place.join(',')}`).join('')}L${last},${box.height}Z`
    })
    .join('')
}

/** The largest of what is known; 0 when nothing is. */
export const highest = (...series: readonly (readonly Value[])[]): number =>
  series.flat().reduce<number>((most, value) => Math.max(most, value ?? 0), 0)

const STEPS = [1, 2, 2.5, 5, 10]

/**
 * The end of an axis that holds `most`, and the lines across it: equal steps of a round number. `base` is 1024 for bytes,
 * so that the steps are round in KiB, MiB and so on. Steps are whole numbers.
 */
export function axis(most: number, base: 1000 | 1024 = 1000): { max: number; lines: number[] } {
  const wanted = most > 0 ? most : 1
  let unit = 1
  if (base === 1024) while (wanted >= unit * 1024) unit *= 1024
  const inUnit = wanted / unit / 4
  const power = 10 ** Math.floor(Math.log10(inUnit))
  const step = Math.ceil((STEPS.find((each) => each * power >= inUnit) ?? 10) * power * unit)
  const count = Math.max(1, Math.ceil(wanted / step - 1e-9))
  return { max: count * step, lines: Array.from({ length: count + 1 }, (_, index) => index * step) }
}
