import { type Measured, median, ratios } from './figure.ts'

/** Something done in the VE and on the bare host, the same both times; each gives a rate: higher is faster. */
export type Contest = { what: string; ours(): Promise<number>; bare(): Promise<number> }

export type Rates = { what: string; ours: number[]; bare: number[] }

/**
 * So many pairs after one that fills caches. Who goes first changes from pair to pair: what the first leaves behind for
 * the second, such as a warm processor, does not always help the same one.
 */
export async function contend({ what, ours, bare }: Contest, pairs: number): Promise<Rates> {
  const rates: Rates = { what, ours: [], bare: [] }
  for (let pair = 0; pair <= pairs; pair += 1) {
    const first = pair % 2 === 0 ? await ours() : 0
    const peer = await bare()
    const mine = pair % 2 === 0 ? first : await ours()
    if (pair === 0) continue
    rates.ours.push(mine)
    rates.bare.push(peer)
  }
  return rates
}

/** Of several contests under one name the one that we did worst in, so that none hides behind another; the note has all. */
export function worst(contests: readonly Rates[], write: (rate: number) => string, note: string): Measured {
  const results = contests.map(({ what, ours, bare }) => {
    const runs = ratios(ours, bare)
    const value = median(runs)
    const text = `${what} ${value.toFixed(3)} (${write(median(ours))} to ${write(median(bare))})`
    return { runs, value, text }
  })
  const least = [...results].sort((a, b) => a.value - b.value)[0]
  if (!least) throw new Error('No measurement was made.')
  return { unit: 'ratio', runs: least.runs, note: `${results.map(({ text }) => text).join(', ')}; ${note}` }
}
