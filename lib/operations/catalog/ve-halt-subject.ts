/** The steps by which a VE is brought to a stop: asked, waited for, taken off its host. */
import { setTimeout as delay } from 'node:timers/promises'
import { db } from '../../db/client.ts'
import type { SagaContext } from '../saga.ts'
import { isHurried } from '../turn.ts'
import { loadVe, veKeyOf } from './ve-subject.ts'

const LOOK_EVERY_MS = 200
/** How soon something urgent is heard of. */
const HURRY_EVERY_MS = 1_000

type Context = Pick<SagaContext<'ve-stop'>, 'input' | 'outputs' | 'call' | 'log' | 'signal'>
type Asked = { asked: boolean; at: number }

/** When it was asked, by the worker's clock: a worker that takes over goes on waiting, it does not begin anew. */
export async function askToHalt({ input, call }: Context): Promise<Asked> {
  const { hostId, spec } = await loadVe(input.veId)
  if (input.timeoutSeconds === 0) return { asked: false, at: Date.now() }
  const { asked } = await call(hostId, 've-halt', {
    ...veKeyOf(spec),
    waitSeconds: input.timeoutSeconds,
  })
  return { asked, at: Date.now() }
}

export async function awaitHalt(context: Context): Promise<{ halted: boolean }> {
  const { input, outputs, log } = context
  const { asked, at } = outputs.halt as Asked
  if (!asked) return { halted: true }
  const until = at + input.timeoutSeconds * 1000
  const ended = await endedBefore(context, until)
  if (ended === 'late') log(`It did not halt within ${input.timeoutSeconds} s and is killed.`)
  if (ended === 'hurried') log('It is killed before its time: something urgent waits.')
  return { halted: ended === 'halted' }
}

async function endedBefore({ input, call, signal }: Context, until: number) {
  const { hostId, spec } = await loadVe(input.veId)
  let hurryAt = 0
  while (Date.now() < until) {
    const { ves } = await call(hostId, 've-state', { veid: spec.veid }, String(Date.now()))
    if (!ves.some(({ state }) => state === 'running')) return 'halted'
    if (Date.now() >= hurryAt) {
      if (await isHurried(db(), input.veId)) return 'hurried'
      hurryAt = Date.now() + HURRY_EVERY_MS
    }
    await delay(LOOK_EVERY_MS, undefined, { signal })
  }
  return 'late'
}

/** Answers with what the host shows then. */
export async function takeOff({ input, call }: Context) {
  const { hostId, spec } = await loadVe(input.veId)
  return call(hostId, 've-stop', veKeyOf(spec))
}
