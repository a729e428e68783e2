/** For tests: VEs and hosts as a plan of moves is given them. */
import { GIB } from '../contract/units.ts'
import { DEFAULT_LIMITS } from '../contract/ve-limits.ts'
import type { Candidate } from '../hosts/placement.ts'
import type { Moving } from '../moves/obstacles.ts'
import { limitColumns } from '../ves/limits/row.ts'
import type { Fleet, Leaving } from './plan-moves.ts'

export const FROM = { id: 'here', name: 'here' }

type Given = {
  memory?: number
  state?: 'running' | 'stopped'
  spreadGroup?: string | null
  from?: typeof FROM
}

let veid = 101

export function leaving(name: string, given: Given = {}, more: Partial<Leaving> = {}): Leaving {
  const { memory = GIB, state = 'running', spreadGroup = null, from = FROM } = given
  const row = {
    ...{ id: name, name, veid: veid++, accountId: 'account', templateId: 'template', arch: 'x86-64', state },
    ...{ storage: 'image', namespaces: ['network', 'user'], features: { nfs: [], capabilities: [] } },
    ...{ spreadGroup, hostId: from.id, movingToId: null, template: { name: 'debian', definition: {} } },
    ...limitColumns({ ...DEFAULT_LIMITS, memoryBytes: memory, diskBytes: GIB }),
  } as unknown as Moving
  return { row, from, obstacles: [], memoryBytes: 1, diskBytes: 1, held: [], kept: new Map(), ...more }
}

export function host(name: string, more: Partial<Candidate> = {}): Candidate {
  return {
    ...{ id: name, name, status: 'online', arch: 'x86-64', cgroupVersion: 2, cannotRun: null },
    ...{ memoryBytes: 8 * GIB, diskBytes: 1000 * GIB, heldBytes: 0, together: 0, templateBytes: 1 },
    ...{ promised: { memoryBytes: 0, diskBytes: 0, guaranteedBytes: 0 }, capabilities: null, facts: null },
    ...more,
  } as Candidate
}

export function fleetOf(hosts: Candidate[], more: Partial<Fleet> = {}): Fleet {
  return {
    hosts: () => hosts,
    promised: new Map(),
    groups: new Map(),
    pools: [],
    spread: new Map(),
    ...more,
  }
}
