/**
 * What goes where. Pure: `read-fleet.ts` reads what it is given, and what the hosts themselves refuse is told pair by pair as it is
 * found out. The largest first, since it has the fewest hosts to choose from; each to the best host as placement ranks them, with
 * those counted that were given a place before it.
 */
import type { MoveKind, MoveObstacle } from '../contract/moves.ts'
import { type Candidate, rank, roomWanted } from '../hosts/placement.ts'
import { NOTHING_PROMISED, type Promised } from '../hosts/promised.ts'
import { type Moving, obstaclesOf, type PanelRecord } from '../moves/obstacles.ts'
import { limitsOfRow } from '../ves/limits/row.ts'
import type { FleetPlan } from './resource.ts'

/** A VE that is to leave its host. */
export type Leaving = {
  row: Moving
  from: { id: string; name: string }
  /** What its host says stands in the way, whatever the destination. */
  obstacles: MoveObstacle[]
  memoryBytes: number
  diskBytes: number
  held: PanelRecord['held']
  kept: PanelRecord['kept']
}

export type Fleet = {
  /** The hosts there are, as they are for a VE of this template. */
  hosts(templateId: string): readonly Candidate[]
  promised: ReadonlyMap<string, Promised>
  groups: PanelRecord['groups']
  pools: PanelRecord['pools']
  /** By `spreadKey` and host: how many VEs of the group are there. */
  spread: ReadonlyMap<string, ReadonlyMap<string, number>>
}

export type Asked = {
  /** Whether what cannot move live may move with a restart. */
  restart: boolean
  /** By `pairKey`: what that host said when it was asked about this VE. */
  refused: ReadonlyMap<string, readonly MoveObstacle[]>
}

export const pairKey = (veId: string, hostId: string): string => `${veId} ${hostId}`
export const spreadKey = (ve: { accountId: string; spreadGroup: string | null }): string | null =>
  ve.spreadGroup === null ? null : `${ve.accountId} ${ve.spreadGroup}`

export function planMoves(leaving: readonly Leaving[], fleet: Fleet, asked: Asked): FleetPlan {
  const state = {
    promised: new Map(fleet.promised),
    spread: new Map([...fleet.spread].map(([key, hosts]) => [key, new Map(hosts)])),
  }
  const plan: FleetPlan = { moves: [], stay: [] }
  for (const each of [...leaving].sort(largestFirst)) {
    const ve = { id: each.row.id, name: each.row.name }
    const choice = choose(each, { ...fleet, ...state }, asked)
    if ('reasons' in choice) {
      plan.stay.push({ ve, reasons: choice.reasons })
      continue
    }
    const { kind, host, notes } = choice
    const { from, memoryBytes, diskBytes } = each
    const to = { id: host.id, name: host.name }
    plan.moves.push({ ve, from, to, kind, memoryBytes, diskBytes, notes })
    give(state, each.row, { from: from.id, to: to.id })
  }
  return plan
}

const largestFirst = (a: Leaving, b: Leaving) =>
  Number(b.row.memoryBytes - a.row.memoryBytes) || a.row.veid - b.row.veid

type Choice = { kind: MoveKind; host: Candidate; notes: string[] } | { reasons: string[] }
type Judged = { host: Candidate; obstacles: readonly MoveObstacle[] }

function choose(each: Leaving, fleet: Fleet, asked: Asked): Choice {
  const { row } = each
  const kinds: MoveKind[] =
    row.state === 'stopped' ? ['cold'] : asked.restart ? ['live', 'restart'] : ['live']
  const group = spreadKey(row)
  const judged = fleet
    .hosts(row.templateId)
    .filter(({ id }) => id !== each.from.id)
    .map((host): Judged => {
      const together = (group && fleet.spread.get(group)?.get(host.id)) || 0
      const promised = fleet.promised.get(host.id) ?? NOTHING_PROMISED
      const refused = asked.refused.get(pairKey(row.id, host.id)) ?? []
      const { groups, pools } = fleet
      const record = { promised: fleet.promised, groups, pools, held: each.held, kept: each.kept }
      return {
        host: { ...host, promised, together },
        obstacles: [...obstaclesOf(host, row, record), ...refused],
      }
    })
  for (const kind of kinds) {
    if (each.obstacles.some((obstacle) => obstacle.kinds.includes(kind))) continue
    const fitting = judged.filter(({ obstacles }) => !obstacles.some(({ kinds: in_ }) => in_.includes(kind)))
    const limits = limitsOfRow(row)
    const [host] = rank(
      fitting.map((one) => one.host),
      { limits },
    )
    if (host) return { kind, host, notes: notesOf(each, judged, kind, host) }
  }
  return { reasons: reasonsOf(each, judged, asked) }
}

function notesOf(each: Leaving, judged: readonly Judged[], kind: MoveKind, host: Candidate): string[] {
  const together =
    host.together > 0 ? [`${host.name} has a VE of its spread group already: no other host can take it.`] : []
  if (kind !== 'restart') return together
  const why = sentences(each.obstacles.filter(({ kinds }) => kinds.includes('live')))
  const there = judged.flatMap(({ obstacles }) =>
    sentences(obstacles.filter(({ kinds }) => kinds.includes('live'))),
  )
  return [...together, ...unique(why.length > 0 ? why : there).map((text) => `Not live: ${text}`)]
}

/** What its own host says keeps it, whatever the destination; else what each of the others says. */
function reasonsOf(each: Leaving, judged: readonly Judged[], { restart }: Asked): string[] {
  const kinds: MoveKind[] = each.row.state === 'stopped' ? ['cold'] : ['live', 'restart']
  const kept = kinds.every((kind) => each.obstacles.some((obstacle) => obstacle.kinds.includes(kind)))
  if (kept) return unique(sentences(each.obstacles.filter((one) => ofUse(one, kinds))))
  const all = judged.map(({ host, obstacles }) => ({
    host,
    obstacles: [...each.obstacles, ...obstacles].filter((one) => ofUse(one, kinds)),
  }))
  if (all.length === 0) return ['There is no other host.']
  const byRestart =
    !restart &&
    all.some(({ obstacles }) => !obstacles.some((one) => one.kinds.includes('restart'))) &&
    kinds.includes('restart')
  const first = byRestart ? ['It cannot move live. With a restart it can.'] : []
  return unique([
    ...first,
    ...all.flatMap(({ host, obstacles }) => sentences(obstacles).map((text) => named(host, text))),
  ])
}

const ofUse = (one: MoveObstacle, kinds: readonly MoveKind[]) =>
  one.kinds.some((kind) => kinds.includes(kind))
const named = ({ name }: Candidate, text: string) => (text.includes(name) ? text : `${name}: ${text}`)
const unique = (texts: readonly string[]) => [...new Set(texts)]
const sentences = (obstacles: readonly MoveObstacle[]) =>
  obstacles.map(({ text, remedy }) => (remedy === null ? text : `${text} ${remedy}`))

type State = { promised: Map<string, Promised>; spread: Map<string, Map<string, number>> }

/** From now on it counts where it goes. Where it was it counts on: a move that fails leaves it there. */
function give({ promised, spread }: State, row: Moving, { from, to }: { from: string; to: string }): void {
  const has = promised.get(to) ?? NOTHING_PROMISED
  const asked = roomWanted({ limits: limitsOfRow(row) })
  promised.set(to, {
    ves: has.ves + 1,
    memoryBytes: has.memoryBytes + asked.memoryBytes,
    diskBytes: has.diskBytes + asked.diskBytes,
    guaranteedBytes: has.guaranteedBytes + asked.guaranteedBytes,
  })
  const key = spreadKey(row)
  if (key === null) return
  const hosts = spread.get(key) ?? new Map<string, number>()
  hosts.set(to, (hosts.get(to) ?? 0) + 1)
  hosts.set(from, Math.max(0, (hosts.get(from) ?? 0) - 1))
  spread.set(key, hosts)
}
