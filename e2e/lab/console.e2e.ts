import type { Browser, Page } from '@playwright/test'
import pg from 'pg'
import type { AdminFile } from '../../lib/cli/admin-file.ts'
import type { LabHost } from '../../lib/lab/lab-state.ts'
import { paths } from '../../lib/paths.ts'
import type { VeResource } from '../../lib/ves/resource.ts'
import { expect, test } from '../fixtures.ts'
import { databaseUrl } from '../panel.ts'
import { ensureFleet, expectFootprint, footprint, labHost, makeKey, onHost } from './lab.ts'
import { beginVe, destroyVe } from './ve.ts'

const shell = (page: Page) => page.getByRole('region', { name: /^Console of / })
const connection = (page: Page) => shell(page).getByRole('status').first()
const screen = (page: Page) => shell(page).locator('.xterm-rows')
/** Much more than is kept or on the way at any time. */
const COUNTED = 300_000

/** What came over the page's terminals, as text. */
function listen(page: Page): () => string {
  const pieces: Buffer[] = []
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload !== 'string') pieces.push(payload)
    }),
  )
  return () => Buffer.concat(pieces).toString('utf8')
}

/** As a person sees it: every line, without what pads it. */
const lines = async (page: Page) =>
  (await screen(page).locator('> div').allInnerTexts()).map((line) =>
    line.replaceAll('\u00a0', ' ').trimEnd(),
  )

/** What the command printed, as its own lines between two marks that the command line itself does not contain. */
let asked = 0
async function ask(page: Page, command: string): Promise<string[]> {
  asked += 1
  const mark = `mark${asked}`
  await page.keyboard.type(`clear; echo ${mark.slice(0, 4)}''${asked}; ${command}; echo end''${asked}\n`)
  const between = async () => {
    const all = await lines(page)
    const [from, to] = [all.lastIndexOf(mark), all.lastIndexOf(`end${asked}`)]
    return from !== -1 && to > from ? all.slice(from + 1, to) : null
  }
  await expect.poll(between, { timeout: 20_000 }).not.toBeNull()
  return (await between()) ?? []
}

async function openConsole(page: Page, ve: VeResource): Promise<void> {
  await page.goto(paths.veConsole(ve.id))
  await expect(connection(page)).toHaveText('Connected', { timeout: 30_000 })
  await expect.poll(async () => (await lines(page)).some((line) => /[#$] *$/.test(line))).toBe(true)
}

/** Whatever a terminal may have left on the host. */
const remains = (host: LabHost) =>
  onHost(host, async ({ execute }) => {
    const list = await execute(['ps', '-e', '-o', 'args='])
    return list.split('\n').filter((line) => /agent\.js (console|boot-log)|crun.* exec|sleep 4321/.test(line))
  })

/** Signed in by itself, so that its session can be ended without harm to the others. */
async function withOwnSession(
  browser: Browser,
  admin: AdminFile,
  task: (page: Page, revoke: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ storageState: undefined, baseURL: admin.url })
  const client = new pg.Client({ connectionString: databaseUrl() })
  await client.connect()
  try {
    const answer = await context.request.post('/api/auth/sign-in/email', {
      data: { email: admin.email, password: admin.password },
      headers: { origin: admin.url },
    })
    const { token } = (await answer.json()) as { token: string }
    const revoke = async () => void (await client.query('DELETE FROM session WHERE token = $1', [token]))
    await task(await context.newPage(), revoke)
  } finally {
    await client.end()
    await context.close()
  }
}

test('a root terminal into a VE, and the words of its init', async ({
  page,
  api,
  browser,
  admin,
  tolerate,
}) => {
  tolerate(/401|Failed to load resource/)
  const { template } = await ensureFleet(api)
  const host = labHost(1)
  const before = await footprint(host)
  const heard = listen(page)
  const { ve, operation } = await beginVe(api, 'console', template.id, makeKey())
  await api.succeeded(operation.id)

  await test.step('it is a terminal of the VE, with the size of the window', async () => {
    await openConsole(page, ve)
    expect(await ask(page, 'tty')).toEqual([expect.stringMatching(/^\/dev\/pts\/\d+$/)])
    expect(await ask(page, 'id -u; cat /proc/1/comm; hostname')).toEqual(['0', 'init', 've.example.org'])
    const [wide] = await ask(page, 'stty size')
    await page.setViewportSize({ width: 900, height: 520 })
    await expect.poll(async () => (await ask(page, 'stty size'))[0]).not.toBe(wide)
    const [rows = 0, columns = 0] = ((await ask(page, 'stty size'))[0] ?? '').split(' ').map(Number)
    expect(rows).toBe(await screen(page).locator('> div').count())
    expect(columns).toBeLessThan(Number(wide?.split(' ')[1]))
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  await test.step('commands end as they end, keys reach them, and much output comes whole', async () => {
    expect(await ask(page, 'sh -c "exit 42"; echo "code $?"')).toEqual(['code 42'])
    expect(await ask(page, "printf '\\303\\251\\342\\202\\254\\n'")).toEqual(['é€'])
    await page.keyboard.type('sleep 4321\n')
    await expect.poll(async () => (await remains(host)).some((line) => line === 'sleep 4321')).toBe(true)
    await page.keyboard.press('Control+KeyC')
    await page.keyboard.type('code=$?\n')
    expect(await ask(page, 'echo "code $code"')).toEqual(['code 130'])
    await page.keyboard.type(`seq 1 ${COUNTED}\n`)
    const last = async () => (await lines(page)).includes(String(COUNTED))
    await expect.poll(last, { timeout: 60_000 }).toBe(true)
    const text = heard()
    const counted = text.slice(text.indexOf('\r1\r\n2\r\n') + 1).split('\r\n')
    const wrong = counted.slice(0, COUNTED).findIndex((line, at) => line !== String(at + 1))
    expect(counted.length).toBeGreaterThan(COUNTED)
    expect(wrong, `every line, in order; not ${counted[wrong]}`).toBe(-1)
  })

  await test.step('a page that is loaded again is back in the same shell', async () => {
    const [pid] = await ask(page, 'echo $$')
    await page.reload()
    await expect(connection(page)).toHaveText('Connected', { timeout: 30_000 })
    expect(await ask(page, 'echo $$')).toEqual([pid])
  })

  await test.step('the shell ends with `exit`, and nothing of it stays on the host', async () => {
    await page.keyboard.type('exit 3\n')
    await expect(connection(page)).toHaveText('Ended')
    await expect(shell(page).getByText('The shell ended.')).toBeVisible()
    await expect.poll(() => remains(host), { timeout: 15_000 }).toEqual([])
  })

  await test.step('a revoked session is cut within two seconds, with all that ran in it', async () => {
    await withOwnSession(browser, admin, async (own, revoke) => {
      await openConsole(own, ve)
      await own.keyboard.type('sleep 4321\n')
      await expect.poll(async () => (await remains(host)).includes('sleep 4321')).toBe(true)
      await revoke()
      await expect(shell(own).getByText('Your session ended.')).toBeVisible({ timeout: 2_000 })
      await expect.poll(() => remains(host), { timeout: 15_000 }).toEqual([])
    })
  })

  await test.step('the boot log shows what init said, and follows it', async () => {
    await page.goto(paths.veBootLog(ve.id))
    const log = page.getByRole('log', { name: 'Boot log' })
    await expect(log).toContainText(/INIT: version/)
    await expect(log).toContainText(/INIT: Entering runlevel/)
    const stop = await api.post(`/ves/${ve.id}/stop`)
    await expect(log).toContainText(/Switching to runlevel: 0|runlevel 0|Power down|INIT: .*halt/i, {
      timeout: 30_000,
    })
    await api.succeeded(stop.body.operation.id)
  })

  await destroyVe(api, await api.ve(ve.id))
  await page.goto(paths.ves())
  await expect.poll(() => remains(host), { timeout: 15_000 }).toEqual([])
  await expectFootprint(host, before)
})
