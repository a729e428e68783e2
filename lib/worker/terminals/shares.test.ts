import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureFirstAdmin } from '../../auth/first-admin.ts'
import { db } from '../../db/client.ts'
import { makePerson, makeTestWorld, type TestWorld } from '../../http/test-world.ts'
import { SOCKETS_A_USER } from '../../terminals/gateway.ts'
import { issueTicket } from '../../terminals/issue-ticket.ts'
import { TERMINALS_AN_ACCOUNT } from './terminal-record.ts'
import { TIMES } from './terminals.ts'
import { makeRunningVe, signIn, viewerWith } from './test-terminal-world.ts'
import { FakeBrowser, startTestTerminals, type TestTerminals } from './test-terminals.ts'

const WHO = { email: 'first@example.org', password: 'a long enough password' }

let world: TestWorld
let veId: string
let cookie: string
let at: TestTerminals

beforeAll(async () => {
  world = await makeTestWorld()
  await db().user.deleteMany()
  await ensureFirstAdmin(WHO)
  cookie = await signIn(WHO.email, WHO.password)
  veId = await makeRunningVe(world, 'web1', 101)
  at = await startTestTerminals(world.hosts.one, TIMES)
})
afterAll(async () => {
  await at.close()
  await world.close()
})

const browser = (headers: Record<string, string> = { cookie, origin: `http://${at.address}` }) =>
  new FakeBrowser(at.address, headers)

test('an account has half of what a host holds', async () => {
  const busy = Array.from({ length: TERMINALS_AN_ACCOUNT }, (_, n) => ({
    veId,
    userId: `person-${n}`,
    sessionId: 's',
    kind: 'console' as const,
    ticketDigest: crypto.randomUUID(),
    expiresAt: new Date(),
    openedAt: new Date(),
  }))
  await db().terminal.createMany({ data: busy })
  const { ticket } = await issueTicket(await viewerWith(cookie), veId, {}, db())
  const one = await browser().open(ticket)
  expect(await one.end()).toMatchObject({ problem: { detail: expect.stringContaining('of this account') } })
})

test('a person’s silent sockets keep nobody else out', async () => {
  const silent = Array.from({ length: SOCKETS_A_USER }, () => browser())
  for (const each of silent) await each.until(() => each.socket.readyState === each.socket.OPEN)
  const refused = browser()
  await refused.until(() => refused.refused !== null)
  expect(refused.refused).toBe(429)
  const person = await makePerson('Otto Other', world.provider, 'admin')
  const other = browser({ authorization: `Bearer ${person.token}` })
  await other.until(() => other.socket.readyState === other.socket.OPEN)
  silent[0]?.cut()
  await expect
    .poll(async () => {
      const again = browser()
      await again.until(() => again.refused !== null || again.socket.readyState === again.socket.OPEN)
      return again.refused
    })
    .toBeNull()
})
