/** What the sagas of snapshots share. */
import type { AgentResult } from '../../contract/agent-protocol.ts'
import { Problem } from '../../contract/problem.ts'
import type { VeSnapshot } from '../../contract/snapshots.ts'
import type { SagaContext } from '../saga.ts'
import { loadVe, veKeyOf } from './ve-subject.ts'

type Context = Pick<SagaContext<'ve-snapshot-delete'>, 'input' | 'call'>

/** `heldBytes`: what all take beside the VE's disk; null when nobody knows, left out when the host was not heard. */
export type Sized = { sizes: { id: string; bytes: number | null }[]; heldBytes?: number | null }

async function snapshotsOf({ input, call }: Context): Promise<AgentResult<'ve-snapshot-list'>> {
  const { hostId, spec } = await loadVe(input.veId)
  return call(hostId, 've-snapshot-list', veKeyOf(spec), String(Date.now()))
}

/** What each takes by itself changes with the others. No reason to fail, once what was asked for is done. */
export async function sizesOf(context: Context): Promise<Sized> {
  try {
    const { snapshots, heldBytes } = await snapshotsOf(context)
    return { sizes: snapshots.map(({ id, bytes }) => ({ id, bytes })), heldBytes }
  } catch (error) {
    if (error instanceof Problem) return { sizes: [] }
    throw error
  }
}

export async function mountCall(
  { input, call }: Context,
  method: 've-snapshot-mount' | 've-snapshot-unmount',
): Promise<VeSnapshot> {
  const { hostId, spec } = await loadVe(input.veId)
  return call(hostId, method, { ...veKeyOf(spec), snapshot: input.snapshotId })
}
