import { connect } from 'node:tls'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ensureFirstAdmin } from '../../auth/first-admin.ts'
import type { Viewer } from '../../auth/viewer.ts'
import { Problem } from '../../contract/problem.ts'
import { db } from '../../db/client.ts'
import { makePerson, makeTestWorld, type TestWorld } from '../../http/test-world.ts'
import { issueTicket } from '../../terminals/issue-ticket.ts'
import { WINDOW_BYTES } from '../../terminals/limits.ts'
import { redeemTicket } from '../../terminals/redeem-ticket.ts'
import type { TerminalInput } from '../../terminals/resource.ts'
import { workerUnlock } from '../../terminals/worker-lock.ts'
import { lostTerminals } from '../reconcilers/lost-terminals.ts'
import { TERMINALS_A_USER } from './terminal-record.ts'
import { TIMES } from './terminals.ts'
import { makeRunningVe, signIn, viewerWith } from './test-terminal-world.ts'
import { FakeBrowser, startTestTerminals, type TestTerminals } from './test-terminals.ts'

const EMAIL = 'first@example.org'
const PASSWORD = 'a long enough password'

let world: TestWorld
let veId: string
let cookies: string[]
let viewers: Viewer[]
const running: TestTerminals[] = []

beforeAll(async () => {
  world = await makeTestWorld()
  await db().user.deleteMany()
  await ensureFirstAdmin({ email: EMAIL, password: PASSWORD })
  cookies = [await signIn(EMAIL, PASSWORD), await signIn(EMAIL, PASSWORD)]
  viewers = await Promise.all(cookies.map(viewerWith))
  veId = await makeRunningVe(world, 'web1', 101)
})
afterEach(async () => {
  for (const one of running.splice(0)) await one.close()
  await db().ve.update({ where: { id: veId }, data: { state: 'running', suspendedAt: null, epoch: 1 } })
})
afterAll(() => world.close())

async function start(times = TIMES, firstMessageMs?: number): Promise<TestTerminals> {
  const started = await startTestTerminals(world.hosts.one, times, firstMessageMs)
  running.push(started)
  return started
}

const ticketFor = (viewer: Viewer, input: TerminalInput = {}, id = veId) =>
  issueTicket(viewer, id, input, db())
const viewer = (index = 0) => viewers[index] as Viewer
const headersOf = (at: TestTerminals, index = 0) => ({
  cookie: cookies[index],
  origin: `http://${at.address}`,
})

async function opened(at: TestTerminals, input: TerminalInput = {}, received = 0) {
  const { ticket, terminalId } = await ticketFor(viewer(), input)
  const browser = await new FakeBrowser(at.address, headersOf(at)).open(ticket, received)
  await expect.poll(() => at.host.ends.length).toBeGreaterThan(0)
  return { browser, ticket, terminalId }
}

const say = (at: TestTerminals, text: string) => at.host.last.onData(Buffer.from(text))
const closedFor = async (id: string) => (await db().terminal.findUniqueOrThrow({ where: { id } })).closedFor

test('bytes and sizes pass both ways, and who came and went is written down', async () => {
  const at = await start()
  const { browser, terminalId } = await opened(at)
  expect(browser.heard).toEqual([{ type: 'opened', terminalId, from: 0, lost: 0 }])
  expect(at.host.last).toMatchObject({
    kind: 'console',
    ve: { veid: 101, uuid: veId, epoch: 1 },
    size: { columns: 80, rows: 24 },
  })
  say(at, 'root@web1:~# ')
  browser.type('ls é\r')
  browser.send({ type: 'resize', columns: 120, rows: 40 })
  browser.send({ type: 'ping' })
  await browser.until(() => browser.text === 'root@web1:~# ' && browser.heard.length === 2)
  expect(browser.heard[1]).toEqual({ type: 'pong' })
  expect(at.host.last.typed).toBe('ls é\r')
  await expect.poll(() => at.host.last.sizes).toContainEqual({ columns: 120, rows: 40 })
  at.host.last.onEnd(null)
  expect(await browser.end()).toEqual({ type: 'end', reason: 'exited' })
  await browser.until(() => browser.closed === 1000)
  await expect.poll(() => closedFor(terminalId)).toBe('exited')
  const audit = await db().auditEvent.findMany({ where: { veId }, orderBy: { at: 'asc' } })
  expect(audit).toMatchObject([
    {
      action: 'terminal-open',
      subject: 'web1',
      actorName: viewer().name,
      ipAddress: expect.stringContaining('127.'),
    },
    { action: 'terminal-close', details: { reason: 'exited' } },
  ])
})

test('of many that come with one ticket at once, one is let in', async () => {
  const { ticket } = await ticketFor(viewer())
  const tries = await Promise.allSettled(Array.from({ length: 12 }, () => redeemTicket(viewer(), ticket)))
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const one of tries)
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'terminal-refused' })
})

test('a ticket is nothing to another session, another person, or too late; and is kept as a digest only', async () => {
  const { ticket, terminalId } = await ticketFor(viewer())
  const stored = await db().terminal.findUniqueOrThrow({ where: { id: terminalId } })
  expect(JSON.stringify(stored)).not.toContain(ticket)
  await expect(redeemTicket(viewer(1), ticket)).rejects.toMatchObject({ code: 'terminal-refused' })
  const other = await makePerson('Olga Operator', world.provider, 'operator')
  const stranger = { ...other.viewer, sessionId: viewer().sessionId }
  await expect(redeemTicket(stranger, ticket)).rejects.toMatchObject({ code: 'terminal-refused' })
  await db().terminal.update({ where: { id: terminalId }, data: { expiresAt: new Date(Date.now() - 1) } })
  await expect(redeemTicket(viewer(), ticket)).rejects.toMatchObject({ code: 'terminal-refused' })
  await db().terminal.update({ where: { id: terminalId }, data: { expiresAt: new Date(Date.now() + 9_000) } })
  await expect(redeemTicket(viewer(), ticket)).resolves.toMatchObject({ terminalId })
})

test('a used ticket opens nothing', async () => {
  const at = await start()
  const { ticket } = await opened(at)
  const replay = await new FakeBrowser(at.address, headersOf(at)).open(ticket)
  expect(await replay.end()).toMatchObject({ reason: 'refused', problem: { code: 'terminal-refused' } })
  expect(at.host.ends).toHaveLength(1)
})

test('pages of other sites, and people who are not signed in, get no WebSocket', async () => {
  const at = await start()
  const { ticket } = await ticketFor(viewer())
  const cookie = cookies[0]
  for (const [headers, status] of [
    [{ cookie, origin: 'http://evil.example' }, 403],
    [{ cookie }, 403],
    [{ cookie, origin: `http://${at.address}`, 'sec-fetch-site': 'cross-site' }, 403],
    [{ origin: `http://${at.address}` }, 401],
    [{ authorization: 'Bearer crl_none' }, 401],
  ] as const) {
    const browser = new FakeBrowser(at.address, headers)
    await browser.until(() => browser.refused !== null)
    expect(browser.refused).toBe(status)
  }
  await expect(redeemTicket(viewer(), ticket), 'none of them used it up').resolves.toBeDefined()
})

test('what is no opening is refused, and so is silence', async () => {
  const at = await start(TIMES, 100)
  const wrong = new FakeBrowser(at.address, headersOf(at))
  await wrong.until(() => wrong.socket.readyState === wrong.socket.OPEN)
  wrong.send({ type: 'attach', terminalId: veId, columns: 80, rows: 24, received: 0, ipAddress: null })
  expect(await wrong.end()).toMatchObject({ reason: 'refused' })
  const silent = new FakeBrowser(at.address, headersOf(at))
  expect(await silent.end()).toMatchObject({ reason: 'refused' })
  await silent.until(() => silent.closed !== null)
})

test('an API client comes with its key, which the ticket is bound to', async () => {
  const at = await start()
  const person = await makePerson('Ann Automat', world.provider, 'admin')
  const key = await db().apiKey.findFirstOrThrow({ where: { userId: person.userId } })
  const { ticket } = await ticketFor({ ...person.viewer, keyId: key.id })
  const browser = new FakeBrowser(at.address, { authorization: `Bearer ${person.token}` })
  await browser.open(ticket)
  expect(browser.heard).toMatchObject([{ type: 'opened' }])
  await db().apiKey.update({ where: { id: key.id }, data: { revokedAt: new Date() } })
  await at.terminals.check()
  expect(await browser.end()).toMatchObject({ reason: 'session-ended' })
})

test('a browser that was cut off comes back to the same shell and gets what it missed', async () => {
  const at = await start()
  const first = await opened(at)
  say(at, 'before ')
  await first.browser.until(() => first.browser.text === 'before ')
  first.browser.cut()
  await expect.poll(() => at.host.last.closed).toBe(false)
  say(at, 'while away')
  const again = await opened(at, { resume: first.terminalId }, 'before '.length)
  expect(again.terminalId).toBe(first.terminalId)
  expect(again.ticket).not.toBe(first.ticket)
  expect(again.browser.heard).toEqual([{ type: 'opened', terminalId: first.terminalId, from: 7, lost: 0 }])
  await again.browser.until(() => again.browser.text === 'while away')
  expect(at.host.ends).toHaveLength(1)
  const third = await opened(at, { resume: first.terminalId }, 17)
  expect(await again.browser.end()).toMatchObject({ reason: 'replaced' })
  say(at, '!')
  await third.browser.until(() => third.browser.text === '!')
})

test('what was said too long ago is lost, and that is told', async () => {
  const at = await start()
  const first = await opened(at)
  say(at, 'x')
  await first.browser.until(() => first.browser.text === 'x')
  first.browser.cut()
  for (let i = 0; i < 20; i += 1) say(at, 'y'.repeat(32 * 1024))
  await expect.poll(() => at.host.last.paused, { message: 'nobody there: the VE is not held up' }).toBe(false)
  const again = await opened(at, { resume: first.terminalId }, 1)
  const kept = 256 * 1024
  const from = 1 + 20 * 32 * 1024 - kept
  expect(again.browser.heard).toEqual([
    { type: 'opened', terminalId: first.terminalId, from, lost: from - 1 },
  ])
  await again.browser.until(() => again.browser.output.length === kept)
})

test('a browser that does not keep up holds up the VE', async () => {
  const at = await start()
  const { browser } = await opened(at)
  const said = WINDOW_BYTES + 1
  say(at, 'z'.repeat(said))
  await browser.until(() => browser.output.length === said)
  expect(at.host.last.paused).toBe(true)
  browser.send({ type: 'ack', received: said })
  await expect.poll(() => at.host.last.paused).toBe(false)
})

test('the terminal ends when nobody types, is warned of before, and goes on when somebody stays', async () => {
  const at = await start({ ...TIMES, idleMs: 400, warnMs: 300 })
  const { browser } = await opened(at)
  const beat = setInterval(() => void at.terminals.check(), 10)
  await browser.until(() => browser.heard.some(({ type }) => type === 'warning'))
  browser.send({ type: 'stay' })
  await browser.until(() => browser.heard.filter(({ type }) => type === 'warning').length === 2)
  expect(await browser.end()).toEqual({ type: 'end', reason: 'idle' })
  clearInterval(beat)
  expect(at.host.last.closed).toBe(true)
})

test('a shell whose browser does not come back is ended, and then there is another', async () => {
  const at = await start({ ...TIMES, keptMs: 50 })
  const first = await opened(at)
  first.browser.cut()
  await expect
    .poll(async () => {
      await at.terminals.check()
      return at.host.last.closed
    })
    .toBe(true)
  await expect.poll(() => closedFor(first.terminalId)).toBe('abandoned')
  const again = await opened(at, { resume: first.terminalId }, 5)
  expect(again.terminalId).not.toBe(first.terminalId)
  expect(again.browser.heard).toMatchObject([{ type: 'opened', from: 0 }])
})

test.each<[string, () => Promise<unknown>]>([
  ['ve-suspended', () => db().ve.update({ where: { id: veId }, data: { suspendedAt: new Date() } })],
  ['ve-stopped', () => db().ve.update({ where: { id: veId }, data: { state: 'stopped' } })],
  ['ve-destroyed', () => db().ve.update({ where: { id: veId }, data: { state: 'destroying' } })],
  ['ve-moved', () => db().ve.update({ where: { id: veId }, data: { epoch: 2 } })],
  [
    'worker-changed',
    () => db().host.update({ where: { id: world.hosts.one }, data: { leasedBy: crypto.randomUUID() } }),
  ],
])('a terminal is cut: %s', async (reason, change) => {
  const at = await start()
  const { browser, terminalId } = await opened(at)
  await at.terminals.check()
  expect(browser.heard).toHaveLength(1)
  await change()
  await at.terminals.check()
  expect(await browser.end()).toEqual({ type: 'end', reason })
  expect(at.host.last.closed).toBe(true)
  await expect.poll(() => closedFor(terminalId)).toBe(reason)
})

test('a terminal is cut when the session ends or the role is taken away, and only those', async () => {
  const at = await start()
  const mine = await opened(at)
  const { ticket } = await ticketFor(viewer(1))
  const other = await new FakeBrowser(at.address, headersOf(at, 1)).open(ticket)
  const log = await opened(at, { kind: 'boot-log' })
  await db().session.delete({ where: { id: viewer(1).sessionId ?? '' } })
  await at.terminals.check()
  expect(await other.end()).toMatchObject({ reason: 'session-ended' })
  expect(mine.browser.heard).toHaveLength(1)
  const whose = { userId: viewer().userId }
  await db().membership.updateMany({ where: whose, data: { role: 'viewer' } })
  await at.terminals.check()
  expect(await mine.browser.end()).toMatchObject({ reason: 'forbidden' })
  expect(log.browser.heard, 'a viewer may read the log').toHaveLength(1)
  await db().membership.updateMany({ where: whose, data: { role: 'admin' } })
})

test('what the host refuses is told with its problem', async () => {
  const at = await start()
  at.host.refusal = new Problem('agent-failed', 'No shell in there.')
  const { ticket } = await ticketFor(viewer())
  const browser = await new FakeBrowser(at.address, headersOf(at)).open(ticket)
  expect(await browser.end()).toMatchObject({ reason: 'failed', problem: { detail: 'No shell in there.' } })
  at.host.refusal = new Problem('link-lost', 'Gone.')
  const lost = await ticketFor(viewer())
  const second = await new FakeBrowser(at.address, headersOf(at)).open(lost.ticket)
  expect(await second.end()).toMatchObject({ reason: 'host-lost' })
})

test('a person has so many terminals and no more', async () => {
  const at = await start()
  for (let i = 0; i < TERMINALS_A_USER; i += 1) await opened(at)
  const { ticket } = await ticketFor(viewer())
  const one = await new FakeBrowser(at.address, headersOf(at)).open(ticket)
  expect(await one.end()).toMatchObject({ reason: 'refused', problem: { code: 'terminal-refused' } })
})

test('tickets are given only for what can be opened', async () => {
  const set = (data: object) => db().ve.update({ where: { id: veId }, data })
  await set({ state: 'stopped' })
  await expect(ticketFor(viewer())).rejects.toMatchObject({ code: 've-not-running' })
  await expect(ticketFor(viewer(), { kind: 'boot-log' })).resolves.toBeDefined()
  await set({ state: 'running', suspendedAt: new Date() })
  await expect(ticketFor(viewer())).rejects.toMatchObject({ code: 've-suspended' })
  await set({ suspendedAt: null })
  await db().host.update({ where: { id: world.hosts.one }, data: { status: 'offline' } })
  await expect(ticketFor(viewer())).rejects.toMatchObject({ code: 'host-unreachable' })
  await db().host.update({ where: { id: world.hosts.one }, data: { status: 'online' } })
  const person = await makePerson('Vic Viewer', world.provider, 'viewer')
  const watching = { ...person.viewer, keyId: crypto.randomUUID() }
  await expect(ticketFor(watching)).rejects.toMatchObject({ code: 'forbidden' })
  await expect(ticketFor(watching, { kind: 'boot-log' })).resolves.toBeDefined()
  await expect(ticketFor(watching, {}, crypto.randomUUID())).rejects.toMatchObject({ code: 'not-found' })
})

test('a worker that stops says so, and one that died leaves no open terminals', async () => {
  const at = await start()
  const { browser, terminalId } = await opened(at)
  await at.terminals.stop()
  expect(await browser.end()).toMatchObject({ reason: 'worker-changed' })
  expect(await closedFor(terminalId)).toBe('worker-changed')
  const next = await start()
  const lost = await opened(next)
  next.worker.server.close()
  await lost.browser.until(() => lost.browser.closed === 1012)
  const { ticket } = await ticketFor(viewer(), { resume: lost.terminalId })
  const away = await new FakeBrowser(next.address, headersOf(next)).open(ticket)
  expect(await away.end()).toMatchObject({ reason: 'worker-away' })
  await db().worker.update({ where: { id: next.worker.id }, data: { stoppedAt: new Date() } })
  await lostTerminals.run({} as never)
  expect(await closedFor(lost.terminalId)).toBe('worker-changed')
})

test('another user of the machine gets nowhere at a worker’s port', async () => {
  const at = await start()
  const [host, port] = at.worker.server.address.split(':')
  const outcome = (options: object) =>
    new Promise<string>((resolve) => {
      const socket = connect({ host, port: Number(port), ...options })
      socket.once('secureConnect', () => resolve('in'))
      socket.once('error', () => resolve('out'))
      socket.once('close', () => resolve('out'))
    })
  expect(await outcome({ rejectUnauthorized: false })).toBe('out')
  expect(await outcome(workerUnlock(crypto.randomUUID()))).toBe('out')
  expect(await outcome(workerUnlock(at.worker.id))).toBe('in')
})
