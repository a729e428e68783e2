import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '../db/client.ts'
import { runStage } from '../plans/run-stage.ts'
import { useTestDatabase } from './test-fleet.ts'
import { makeRollOut } from './test-roll-out.ts'

let database: { drop(): Promise<void> }
beforeAll(async () => {
  database = await useTestDatabase()
})
afterAll(() => database.drop())

test('a VE that is destroyed while its change waits stops nothing; one that is there does', async () => {
  const { operationId, planId, veIds, fleet } = await makeRollOut()
  const [gone, there] = veIds as [string, string]
  await db().ve.update({ where: { id: gone }, data: { state: 'destroyed', destroyedAt: new Date() } })
  const failed = (veId: string) =>
    db().operation.create({
      data: {
        type: 've-configure',
        status: 'failed',
        title: 'Give it version 2',
        input: {},
        problem: { code: 've-state-forbids', detail: 'It is as it is.' },
        actorName: 'test',
        accountId: fleet.accountId,
        parentId: operationId,
        veId,
        queue: `ve:${veId}`,
      },
    })
  const run = (ids: string[]) =>
    runStage(
      {
        operationId,
        input: { planId, version: 2 },
        signal: new AbortController().signal,
        progress: () => {},
      },
      ids,
    )
  await failed(gone)
  expect(await run([gone])).toEqual({ changed: 0, passed: 1 })
  await failed(there)
  await expect(run([gone, there])).rejects.toMatchObject({ code: 've-state-forbids' })
})
