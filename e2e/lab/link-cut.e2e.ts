import { setTimeout as sleep } from 'node:timers/promises'
import type { LabHost } from '../../lib/lab/lab-state.ts'
import { paths } from '../../lib/paths.ts'
import { expect, test } from '../fixtures.ts'
import { expectEnd, state } from '../screen.ts'
import { ensureFleet, expectFootprint, footprint, labHost, makeKey, onHost } from './lab.ts'
import { beginVe, begun, destroyVe, expectAlive } from './ve.ts'

const MOMENTS_MS = [0, 80, 160]
const FELT = 'The connection to the host broke; asking again.'

test('SSH that drops in the middle of a creation loses nothing', async ({ page, api }) => {
  const { template } = await ensureFleet(api)
  const host = labHost(1)
  const before = await footprint(host)
  const key = makeKey()
  const logs: string[] = []
  for (const moment of MOMENTS_MS) {
    const { ve, operation } = await cutting(host, async (cut) => {
      const begins = await beginVe(api, 'cut', template.id, key)
      await begun(api, begins.operation.id)
      await sleep(moment)
      await cut()
      return begins
    })
    await cutSessions(host) // and once more, perhaps while it is coming back
    await page.goto(paths.operation(operation.id))
    await expectEnd(page, 'Succeeded', 60_000)
    logs.push(await page.getByRole('log', { name: 'Log' }).innerText())
    const now = await api.ve(ve.id)
    expect(now.state).toBe('running')
    await expectAlive(now, key)
    await destroyVe(api, now)
    await expectFootprint(host, before)
  }
  expect(
    logs.some((log) => log.includes(FELT)),
    'at least one of the cuts met the creation',
  ).toBe(true)
})

test('SSH that drops while a VE is stopped and destroyed loses nothing either', async ({ page, api }) => {
  const { template } = await ensureFleet(api)
  const host = labHost(1)
  const before = await footprint(host)
  const { ve, operation } = await beginVe(api, 'cut', template.id, makeKey())
  await api.succeeded(operation.id)
  await page.goto(paths.ve(ve.id))
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await cutSessions(host)
  await expect(state(page)).toHaveText('Stopped', { timeout: 90_000 })
  const { body } = await api.delete(`/ves/${ve.id}`)
  await cutSessions(host)
  await api.succeeded(body.operation.id)
  await expect(state(page)).toHaveText('Destroyed')
  await expectFootprint(host, before)
})

test('a host that was cut off is online again by itself', async ({ api }) => {
  const { host } = await ensureFleet(api)
  await cutSessions(labHost(1))
  const refreshed = await api.post(`/hosts/${host.id}/refresh`)
  await api.succeeded(refreshed.body.operation.id)
  const status = async () => (await api.get(`/hosts/${host.id}`)).body.status
  await expect.poll(status, { timeout: 60_000 }).toBe('online')
})

/** Signed in beforehand, so that the cut comes at the moment it is asked for. */
function cutting<T>(host: LabHost, task: (cut: () => Promise<void>) => Promise<T>): Promise<T> {
  return onHost(host, ({ execute }) =>
    task(async () => {
      // Kills every SSH session there, this one's too; sshd itself stays, and so does what sessions had begun.
      const killing = execute(['pkill', '-KILL', '-x', 'sshd-session'])
      await expect(killing, 'the session that kills them all dies with them').rejects.toThrow(
        'a lost connection',
      )
    }),
  )
}

const cutSessions = (host: LabHost) => cutting(host, (cut) => cut())
