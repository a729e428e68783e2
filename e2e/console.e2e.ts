import { randomUUID } from 'node:crypto'
import type { Page, Request } from '@playwright/test'
import pg from 'pg'
import { paths } from '../lib/paths.ts'
import type { VeResource } from '../lib/ves/resource.ts'
import { expectAccessible } from './accessibility.ts'
import type { Api } from './api.ts'
import { expect, test, unique } from './fixtures.ts'
import { databaseUrl } from './panel.ts'

/** A simulated shell: it tells its size, echoes what is typed, and says so. */
const PROMPT = (name: string) => `root@${name}:~# `

const console_ = (page: Page) => page.getByRole('region', { name: /^Console of / })
const connection = (page: Page) => console_(page).getByRole('status').first()
const screen = (page: Page) => console_(page).locator('.xterm-rows')
const tool = (page: Page, name: string) => console_(page).getByRole('button', { name, exact: true })

async function runningVe(api: Api, prefix: string): Promise<VeResource> {
  const [template] = await api.templates()
  const { ve, operation } = await api.must<{ ve: VeResource; operation: { id: string } }>(
    api.post('/ves', {
      name: unique(prefix),
      hostname: 've.example.org',
      templateId: template?.id,
      start: true,
    }),
  )
  await api.succeeded(operation.id)
  return ve
}

async function openConsole(page: Page, ve: VeResource): Promise<void> {
  await page.goto(paths.veConsole(ve.id))
  await expect(connection(page)).toHaveText('Connected')
  await expect(screen(page)).toContainText(PROMPT(ve.name))
}

/** The layer that hears the mouse lies above the letters. */
const focusScreen = (page: Page) => console_(page).locator('.xterm-screen').click()

async function selectWord(page: Page, word: string): Promise<void> {
  const box = await screen(page).getByText(word).first().boundingBox()
  const at = await screen(page)
    .getByText(word)
    .first()
    .evaluate((line, text) => {
      const range = document.createRange()
      const letters = document.createTreeWalker(line, NodeFilter.SHOW_TEXT)
      for (let node = letters.nextNode(); node; node = letters.nextNode()) {
        const start = node.textContent?.indexOf(text) ?? -1
        if (start === -1) continue
        range.setStart(node, start)
        range.setEnd(node, start + text.length)
        return range.getBoundingClientRect().x
      }
      return 0
    }, word)
  if (box) await page.mouse.dblclick(at + 4, box.y + box.height / 2)
}

/** The browser's WebSocket of this page, cut as a network that goes: no end is said. */
async function routeSockets(page: Page): Promise<{ cut: () => Promise<void> }> {
  const open = new Set<{ close: (options?: { code?: number }) => Promise<void> }>()
  await page.routeWebSocket(/\/api\/terminals$/, (socket) => {
    socket.connectToServer()
    open.add(socket)
  })
  return {
    cut: async () => {
      for (const socket of open) await socket.close({ code: 1001 })
      open.clear()
    },
  }
}

test('a shell in the browser: type, paste, resize, and it ends', async ({ page, api, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const ve = await runningVe(api, 'console')
  const policy: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) policy.push(message.text())
  })
  await openConsole(page, ve)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(ve.name)

  await page.keyboard.type('hello there\n')
  await expect(screen(page)).toContainText('simulated: hello there')
  await page.keyboard.type('stty size\n')
  const size = async () => {
    const rows = await screen(page).innerText()
    return [...rows.matchAll(/^(\d+) (\d+)\s*$/gm)].at(-1)?.slice(1).map(Number) ?? []
  }
  await expect.poll(async () => (await size()).length).toBe(2)
  const [, wide = 0] = await size()
  expect(wide).toBeGreaterThan(80)
  await page.setViewportSize({ width: 800, height: 500 })
  await page.keyboard.type('stty size\n')
  await expect.poll(async () => (await size())[1]).toBeLessThan(wide)

  await page.evaluate(() => navigator.clipboard.writeText('from the clipboard'))
  await tool(page, 'Paste').click()
  await page.keyboard.press('Enter')
  await expect(screen(page)).toContainText('simulated: from the clipboard')
  await selectWord(page, 'hello')
  await page.keyboard.press('Control+Shift+KeyC')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('hello')

  await page.keyboard.press('Control+Shift+ArrowDown')
  await expect(tool(page, 'Copy')).toBeFocused()
  await expectAccessible(page, 'the console')
  await focusScreen(page)
  await page.keyboard.type('exit\n')
  await expect(connection(page)).toHaveText('Ended')
  await expect(console_(page).getByText('The shell ended.')).toBeVisible()
  await console_(page).getByRole('button', { name: 'Reconnect' }).click()
  await expect(connection(page)).toHaveText('Connected')
  await expect(screen(page)).toContainText('A new shell')
  expect(policy).toEqual([])
  const { body } = await api.get(`/events?veId=${ve.id}`)
  const actions = (body.items as { action: string; details: { reason?: string } }[]).map(
    ({ action, details }) => `${action} ${details.reason ?? ''}`.trim(),
  )
  expect(actions).toEqual(expect.arrayContaining(['terminal-open', 'terminal-close exited']))
})

test('a cut connection comes back to the same shell, and so does a page that is loaded again', async ({
  page,
  api,
}) => {
  const ve = await runningVe(api, 'cut')
  const network = await routeSockets(page)
  await openConsole(page, ve)
  await page.keyboard.type('before the cut')
  await expect(screen(page)).toContainText('before the cut')
  await network.cut()
  await expect(connection(page)).not.toHaveText('Connected')
  await expect(connection(page)).toHaveText('Connected')
  await focusScreen(page)
  await page.keyboard.type(' and after\n')
  await expect(screen(page)).toContainText('simulated: before the cut and after')
  await expect(screen(page)).not.toContainText('A new shell')
  await page.reload()
  await expect(connection(page)).toHaveText('Connected')
  await expect(screen(page)).toContainText('simulated: before the cut and after')
  await expect(screen(page)).not.toContainText('A new shell')
})

test('without the panel it says so, and goes on when that answers', async ({
  page,
  api,
  context,
  tolerate,
}) => {
  tolerate(/ERR_INTERNET_DISCONNECTED|Failed to load resource|WebSocket connection/)
  const ve = await runningVe(api, 'offline')
  const network = await routeSockets(page)
  await openConsole(page, ve)
  await context.setOffline(true)
  await network.cut()
  await expect(console_(page).getByText('The connection was cut.')).toBeVisible()
  await expect(console_(page).getByRole('button', { name: 'Reconnect' })).toBeVisible()
  await context.setOffline(false)
  await expect(connection(page)).toHaveText('Connected')
})

test('a ticket is good once, and in its own session only', async ({ page, api, admin }) => {
  const ve = await runningVe(api, 'ticket')
  const sent: string[] = []
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      if (typeof payload === 'string' && payload.includes('"open"')) sent.push(payload)
    }),
  )
  const urls: string[] = []
  page.on('request', (request: Request) => void urls.push(request.url()))
  await openConsole(page, ve)
  const [open = ''] = sent
  const { ticket } = JSON.parse(open) as { ticket: string }
  expect(
    urls.every((url) => !url.includes(ticket)),
    'never in a URL',
  ).toBe(true)
  const replay = (message: string) =>
    page.evaluate(
      (text) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket('/api/terminals')
          socket.onopen = () => socket.send(text)
          socket.onmessage = ({ data }) => resolve(String(data))
          socket.onclose = () => resolve('closed')
        }),
      message,
    )
  expect(JSON.parse(await replay(open))).toMatchObject({ type: 'end', reason: 'refused' })
  const other = await api.must<{ ticket: string }>(api.post(`/ves/${ve.id}/console`))
  const withOther = JSON.stringify({ ...JSON.parse(open), ticket: other.ticket })
  expect(JSON.parse(await replay(withOther)), 'the API key’s').toMatchObject({ reason: 'refused' })
  await expect(connection(page), 'the first one is none the worse for it').toHaveText('Connected')
  const answer = await fetch(`${admin.url}/api/terminals`, {
    headers: { connection: 'upgrade', upgrade: 'websocket' },
  }).catch(() => null)
  expect(answer?.ok ?? false).toBe(false)
})

test('a revoked session loses its shell within two seconds', async ({ browser, admin, api, tolerate }) => {
  tolerate(/401|Failed to load resource/)
  const ve = await runningVe(api, 'revoked')
  const context = await browser.newContext({ storageState: undefined, baseURL: admin.url })
  const client = new pg.Client({ connectionString: databaseUrl() })
  await client.connect()
  try {
    const signIn = await context.request.post('/api/auth/sign-in/email', {
      data: { email: admin.email, password: admin.password },
      headers: { origin: admin.url },
    })
    expect(signIn.ok()).toBe(true)
    const { token } = (await signIn.json()) as { token: string }
    const page = await context.newPage()
    await openConsole(page, ve)
    const at = Date.now()
    await client.query('DELETE FROM session WHERE token = $1', [token])
    await expect(console_(page).getByText('Your session ended.')).toBeVisible({ timeout: 2_000 })
    expect(Date.now() - at).toBeLessThan(2_000)
  } finally {
    await client.end()
    await context.close()
  }
})

test('a VE that stops takes its shell along, and the page goes on when it runs again', async ({
  page,
  api,
}) => {
  const ve = await runningVe(api, 'stops')
  await openConsole(page, ve)
  const { body } = await api.post(`/ves/${ve.id}/stop`, { timeoutSeconds: 0 })
  await api.succeeded(body.operation.id)
  await expect(connection(page)).toHaveText('Ended')
  await api.succeeded((await api.post(`/ves/${ve.id}/start`)).body.operation.id)
  await expect(connection(page)).toHaveText('Connected')
})

test('the boot log: followed, searched, paused, taken home', async ({ page, api }) => {
  const ve = await runningVe(api, 'bootlog')
  await page.goto(paths.veConsole(ve.id))
  await page.getByRole('link', { name: 'Boot log', exact: true }).click()
  const log = page.getByRole('log', { name: 'Boot log' })
  await expect(log).toContainText('Simulated init: version 0 booting')
  await page.getByRole('searchbox', { name: 'Search the log' }).fill('SERVICES')
  await expect(log).toHaveText('Starting simulated services: cron sshd.')
  await page.getByRole('searchbox').fill('nothing has this')
  await expect(log).toContainText('No line has')
  await page.getByRole('searchbox').fill('')
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(page.getByRole('button', { name: 'Follow' })).toBeVisible()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download' }).click()
  expect((await download).suggestedFilename()).toBe(`${ve.name}-boot.log`)
  await expectAccessible(page, 'the boot log')
})

test('who may not is told so', async ({ api }) => {
  const ve = await runningVe(api, 'mayNot'.toLowerCase())
  expect((await api.post(`/ves/${randomUUID()}/console`)).status).toBe(404)
  expect((await api.post(`/ves/${ve.id}/console`, { kind: 'other' })).status).toBe(422)
  expect((await api.post(`/ves/${ve.id}/console`, {}, { token: null })).status).toBe(401)
  const { status, body } = await api.post(`/ves/${ve.id}/console`)
  expect(status).toBe(201)
  expect(body).toMatchObject({ url: '/api/terminals', ticket: expect.stringMatching(/^[\w-]{43}$/) })
  expect(Date.parse(body.expiresAt) - Date.now()).toBeLessThanOrEqual(30_000)
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true })

  test('keys that glass lacks are there, and nothing is wider than the screen', async ({ page, api }) => {
    const ve = await runningVe(api, 'phone')
    await openConsole(page, ve)
    const keys = page.getByRole('toolbar', { name: 'Keys' })
    await page.keyboard.type('abc')
    await keys.getByRole('button', { name: 'Ctrl' }).tap()
    await page.keyboard.type('c')
    await expect(screen(page)).toContainText('^C')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await expectAccessible(page, 'the console on a phone')
  })
})
