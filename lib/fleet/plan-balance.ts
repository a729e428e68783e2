/**
 * A proposal for an even load. Pure. First VEs of one spread group that share a host are parted; then, as long as it helps, a VE of the
 * fullest host goes where the fuller of the two is the least full afterwards. How full a host is: what is promised of what may be, in
 * what is scarcest there (memory, disk, guaranteed memory). Few moves: none that would even it out by less than a twentieth.
 */
import type { MoveKind } from '../contract/moves.ts'
import { DEFAULT_LIMITS } from '../contract/ve-limits.ts'
import { type Candidate, fullness, type Room, rank, roomWanted } from '../hosts/placement.ts'
import { NOTHING_PROMISED, type Promised } from '../hosts/promised.ts'
import { obstaclesOf } from '../moves/obstacles.ts'
import { limitsOfRow } from '../ves/limits/row.ts'
import { type Fleet, type Leaving, spreadKey } from './plan-moves.ts'
import type { BalanceProposal } from './resource.ts'

const WORTH = 0.05

export type BalanceHost = Pick<Candidate, 'id' | 'name' | 'memoryBytes' | 'diskBytes'>
/** `load`: as if all of it had been done. `promised`: as it is until what leaves has left, for what fits. */
type State = {
  load: Map<string, Promised>
  promised: Map<string, Promised>
  spread: Map<string, Map<string, number>>
  moved: Set<string>
  moves: BalanceProposal['moves']
}
type Step = { each: Leaving; to: Candidate; note: string }

/** `ves`: those that may move. `hosts`: those that count. */
export function planBalance(
  ves: readonly Leaving[],
  hosts: readonly BalanceHost[],
  fleet: Fleet,
  most: number,
): BalanceProposal {
  const state: State = {
    load: new Map(fleet.promised),
    promised: new Map(fleet.promised),
    spread: new Map([...fleet.spread].map(([key, counts]) => [key, new Map(counts)])),
    moved: new Set(),
    moves: [],
  }
  while (state.moves.length < most) {
    const step = part(ves, fleet, state) ?? even(ves, hosts, fleet, state)
    if (step === null) break
    take(state, step)
  }
  const load = (promised: ReadonlyMap<string, Promised>, host: BalanceHost) =>
    loadOf(host, promised.get(host.id) ?? NOTHING_PROMISED)
  return {
    moves: state.moves,
    hosts: hosts.map((host) => ({
      host: { id: host.id, name: host.name },
      before: load(fleet.promised, host),
      after: load(state.load, host),
    })),
  }
}

const NOTHING_MORE = { limits: { ...DEFAULT_LIMITS, memoryBytes: 0, diskBytes: 0 } }

/** What is promised there, of what may be. */
export function loadOf({ memoryBytes, diskBytes }: Omit<BalanceHost, 'id' | 'name'>, promised: Room): number {
  return fullness({ memoryBytes, diskBytes, heldBytes: 0, promised }, NOTHING_MORE)
}

/** One of a group that shares its host goes to where none of it is. */
function part(ves: readonly Leaving[], fleet: Fleet, state: State): Step | null {
  for (const each of ves) {
    const key = spreadKey(each.row)
    if (key === null || (state.spread.get(key)?.get(each.from.id) ?? 0) < 2) continue
    const [to] = rank(destinations(each, fleet, state), { limits: limitsOfRow(each.row) })
    if (to) return { each, to, note: `It shares ${each.from.name} with its spread group.` }
  }
  return null
}

function even(
  ves: readonly Leaving[],
  hosts: readonly BalanceHost[],
  fleet: Fleet,
  state: State,
): Step | null {
  const load = (host: BalanceHost) => loadOf(host, state.load.get(host.id) ?? NOTHING_PROMISED)
  const [fullest] = [...hosts].sort((a, b) => load(b) - load(a))
  if (!fullest) return null
  const before = load(fullest)
  let best: (Step & { after: number }) | null = null
  for (const each of ves.filter(({ from }) => from.id === fullest.id)) {
    const wanted = roomWanted({ limits: limitsOfRow(each.row) })
    const left = loadOf(fullest, plus(state.load.get(fullest.id), wanted, -1))
    for (const to of destinations(each, fleet, state)) {
      const after = Math.max(left, loadOf(to, plus(state.load.get(to.id), wanted)))
      if (before - after < WORTH || (best !== null && best.after <= after)) continue
      best = {
        each,
        to,
        after,
        note: `${fullest.name} is ${percent(before)} full, ${to.name} ${percent(load(to))}.`,
      }
    }
  }
  return best
}

const percent = (part_: number) => `${Math.round(part_ * 100)} %`

/** Where it fits, and none of its group is. */
function destinations(each: Leaving, fleet: Fleet, state: State): Candidate[] {
  if (state.moved.has(each.row.id)) return []
  const kind = kindOf(each)
  if (each.obstacles.some(({ kinds }) => kinds.includes(kind))) return []
  const key = spreadKey(each.row)
  return fleet.hosts(each.row.templateId).flatMap((host) => {
    const together = (key && state.spread.get(key)?.get(host.id)) || 0
    if (host.id === each.from.id || together > 0) return []
    const record = { ...fleet, promised: state.promised, held: each.held, kept: each.kept }
    const obstacles = obstaclesOf(host, each.row, record)
    const promised = state.load.get(host.id) ?? NOTHING_PROMISED
    return obstacles.some(({ kinds }) => kinds.includes(kind)) ? [] : [{ ...host, promised, together }]
  })
}

/** For an even load nobody's connections are broken. */
const kindOf = ({ row }: Leaving): MoveKind => (row.state === 'stopped' ? 'cold' : 'live')

function take(state: State, { each, to, note }: Step): void {
  const { row, from, memoryBytes, diskBytes } = each
  const wanted = roomWanted({ limits: limitsOfRow(row) })
  state.load.set(from.id, plus(state.load.get(from.id), wanted, -1))
  state.load.set(to.id, plus(state.load.get(to.id), wanted))
  state.promised.set(to.id, plus(state.promised.get(to.id), wanted))
  const key = spreadKey(row)
  const counts = key === null ? undefined : state.spread.get(key)
  counts?.set(from.id, (counts.get(from.id) ?? 1) - 1)
  counts?.set(to.id, (counts.get(to.id) ?? 0) + 1)
  state.moved.add(row.id)
  const places = { from, to: { id: to.id, name: to.name } }
  const ve = { id: row.id, name: row.name }
  state.moves.push({ ve, ...places, kind: kindOf(each), memoryBytes, diskBytes, notes: [note] })
}

function plus(promised: Promised = NOTHING_PROMISED, wanted: Room, sign: 1 | -1 = 1): Promised {
  return {
    ves: promised.ves + sign,
    memoryBytes: promised.memoryBytes + sign * wanted.memoryBytes,
    diskBytes: promised.diskBytes + sign * wanted.diskBytes,
    guaranteedBytes: promised.guaranteedBytes + sign * wanted.guaranteedBytes,
  }
}
