import type { PlannedMove } from './planned.ts'

type Pair = Pick<PlannedMove, 'from' | 'to'>
type Turns<M extends Pair> = {
  /** Asked for and not ended. */
  live: readonly M[]
  /** Not asked for yet, in order. */
  left: readonly M[]
  perPair: number
  atOnce: number
}

/** Those whose turn it is: in order, at most `perPair` between the same two hosts (either way: they share a link), `atOnce` in all. Pure. */
export function nextMoves<M extends Pair>({ live, left, perPair, atOnce }: Turns<M>): M[] {
  const counts = new Map<string, number>()
  const count = (move: Pair) => counts.get(pairOf(move)) ?? 0
  const begin = (move: Pair) => counts.set(pairOf(move), count(move) + 1)
  live.forEach(begin)
  const next: M[] = []
  for (const move of left) {
    if (live.length + next.length >= atOnce) break
    if (count(move) >= perPair) continue
    next.push(move)
    begin(move)
  }
  return next
}

const pairOf = ({ from, to }: Pair) => [from.id, to.id].sort().join(' ')
