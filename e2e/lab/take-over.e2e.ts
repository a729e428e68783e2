import { setTimeout as sleep } from 'node:timers/promises'
import { readRunRecord } from '../../lib/cli/run-record.ts'
import { type ProcessIdentity, signalProcess } from '../../lib/setup/process-identity.ts'
import { expect, test } from '../fixtures.ts'
import { dataDirectory } from '../panel.ts'
import { ensureFleet, expectFootprint, footprint, labHost, makeKey } from './lab.ts'
import { beginVe, begun, destroyVe, expectAlive } from './ve.ts'

/** How long after the worker took the operation up it is killed: early in the copy, in the guest's set-up, around the start. */
const MOMENTS_MS = [0, 150, 400]

for (const moment of MOMENTS_MS) {
  test(`a worker killed ${moment} ms into a creation loses nothing: the next one ends it`, async ({
    api,
  }) => {
    const { template } = await ensureFleet(api)
    const before = await footprint(labHost(1))
    const key = makeKey()
    const { ve, operation } = await beginVe(api, 'killed', template.id, key)
    await begun(api, operation.id)
    await sleep(moment)
    const killed = worker()
    expect(signalProcess(killed, 'SIGKILL')).toBe(true)
    await expect.poll(() => worker().startedAt, { timeout: 60_000 }).not.toBe(killed.startedAt)

    // The promise: within ten seconds of the next worker.
    const { status } = await within(10_000, () => api.ended(operation.id))
    const now = await api.ve(ve.id)
    if (status === 'succeeded') {
      expect(now.state).toBe('running')
      await expectAlive(now, key)
    } else {
      expect([status, now.state]).toEqual(['failed', 'failed'])
      await expectFootprint(labHost(1), before)
    }
    await destroyVe(api, now)
    await expectFootprint(labHost(1), before)
  })
}

function worker(): ProcessIdentity {
  const record = readRunRecord(dataDirectory())
  if (record?.children.worker) return record.children.worker
  throw new Error('the panel has no worker')
}

async function within<T>(ms: number, task: () => Promise<T>): Promise<T> {
  const late = sleep(ms).then(() => {
    throw new Error(`no end within ${ms / 1000} seconds`)
  })
  return Promise.race([task(), late])
}
