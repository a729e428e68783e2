/** What stands in the way of a move, asked of the panel's own record and of both hosts. Changes nothing. */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { MoveObstacle } from '../../contract/moves.ts'
import { Problem } from '../../contract/problem.ts'
import { db } from '../../db/client.ts'
import { moveObstacles } from '../../moves/obstacles.ts'
import { predictFreeze } from '../../moves/predict.ts'
import type { SagaContext } from '../saga.ts'
import { loadVe, textDigest, veKeyOf } from './ve-subject.ts'

export type Place = { id: string; name: string; address: string; port: number }
export type LookedAt = {
  before: 'running' | 'stopped'
  /** Of the VE on the host that it leaves; the next one is the other's. */
  epoch: number
  source: Place
  target: Place
  obstacles: MoveObstacle[]
  memoryBytes: number
  diskBytes: number
  /** Null when no VE has moved between these hosts yet. */
  predictedMilliseconds: number | null
}

type Context = Pick<SagaContext<'ve-move-check'>, 'input' | 'call'>

export async function lookAtBoth({ input, call }: Context): Promise<LookedAt> {
  const { hostId, spec } = await loadVe(input.veId)
  if (hostId === input.hostId) throw new Problem('conflict', 'It is on this host already.')
  const [source, target] = [await placeOf(hostId), await placeOf(input.hostId)]
  const now = String(Date.now())
  const { ves } = await call(hostId, 've-state', { veid: spec.veid }, `state:${now}`)
  const seen = ves.find(({ uuid }) => uuid === spec.uuid)
  if (!seen) throw new Problem('not-found', `${source.name} does not have this VE.`)
  const { obstacles, origin, memoryBytes, diskBytes } = await call(hostId, 'move-look', veKeyOf(spec), now)
  const there = { ...spec, epoch: spec.epoch + 1 }
  const fits = await call(
    input.hostId,
    'move-fits',
    { spec: there, origin, diskBytes },
    textDigest([there, now]),
  )
  return {
    before: seen.state === 'running' ? 'running' : 'stopped',
    epoch: spec.epoch,
    ...{ source, target, memoryBytes, diskBytes },
    obstacles: [...(await moveObstacles(db(), input.veId, input.hostId)), ...obstacles, ...fits.obstacles],
    predictedMilliseconds: await predictFreeze(db(), { from: hostId, to: input.hostId, memoryBytes }),
  }
}

/** `from=` of a key takes addresses alone. */
async function placeOf(hostId: string): Promise<Place> {
  const host = await db().host.findUnique({ where: { id: hostId } })
  if (!host) throw new Problem('not-found', 'This host does not exist any more.')
  const { id, name, port, simulated } = host
  const isAddress = simulated || isIP(host.address) !== 0
  return { id, name, port, address: isAddress ? host.address : (await lookup(host.address)).address }
}
