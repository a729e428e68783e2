/** What the sagas of snapshots share. */
import { Problem } from '../../contract/problem.ts'
import type { VeSnapshot } from '../../contract/snapshots.ts'
import type { SagaContext } from '../saga.ts'
import { loadVe, veKeyOf } from './ve-subject.ts'

type Context = Pick<SagaContext<'ve-snapshot-delete'>, 'input' | 'call'>

export type Sized = { sizes: { id: string; bytes: number | null }[] }

export async function snapshotsOf({ input, call }: Context): Promise<VeSnapshot[]> {
  const { hostId, spec } = await loadVe(input.veId)
  return (await call(hostId, 've-snapshot-list', veKeyOf(spec), String(Date.now()))).snapshots
}

/** What each takes by itself changes with the others. No reason to fail, once what was asked for is done. */
export async function sizesOf(context: Context): Promise<Sized['sizes']> {
  try {
    return (await snapshotsOf(context)).map(({ id, bytes }) => ({ id, bytes }))
  } catch (error) {
    if (error instanceof Problem) return []
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
