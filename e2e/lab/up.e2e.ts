import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Page } from '@playwright/test'
import type { AdminFile } from '../../lib/cli/admin-file.ts'
import { run } from '../../lib/lab/command.ts'
import { labFootprint } from '../../lib/lab/footprint.ts'
import { paths } from '../../lib/paths.ts'
import { Api } from '../api.ts'
import { expect, test } from '../fixtures.ts'
import { readAdmin } from '../panel.ts'
import { row } from '../screen.ts'
import { type Account, cloneCheckout, freePort, processesIn, removeCheckout, Script } from './checkout.ts'

// These are panels of their own: the session of the other tests is none there.
test.use({ storageState: { cookies: [], origins: [] } })

// Generous: what these take is a matter of the machine and what else it does; the figures are the bench’s to judge.
const ANSWERS_MS = 600_000
const READY_MS = 600_000
const AGAIN_MS = 180_000
const SETUP_DONE = /^(\d+) of \1 done$/

test('npm run up in a fresh clone as root: two real hosts and a template; again; down; up; down', async ({
  page,
}) => {
  test.setTimeout(1_500_000)
  const clone = await cloneCheckout()
  const data = path.join(clone, '.corral')
  const port = String(await freePort())
  const scripts: Script[] = []
  const npm = (...words: string[]) => {
    const script = new Script(clone, words)
    scripts.push(script)
    return script
  }
  try {
    const up = npm('up', '--', '--lab', '2', '--port', port)
    await up.says(/Sign in as/, ANSWERS_MS)
    const admin = readAdmin(data)
    await test.step('the panel answers while the lab is being raised, and shows how far it is', async () => {
      await signIn(page, admin)
      await page.goto(`${admin.url}${paths.setup()}`)
      await expect(page.getByRole('listitem').filter({ hasText: 'Panel' }).first()).toContainText('Done')
      await expect(page.getByRole('main').getByText(/^\d+ of \d+ done$/)).not.toHaveText(SETUP_DONE)
      await expect(page.getByText(SETUP_DONE)).toBeVisible({ timeout: READY_MS })
    })
    await up.says(/Corral is ready/, READY_MS)
    await expectRealFleet(page, admin)
    expect(await labFootprint(path.join(data, 'lab'))).not.toEqual([])

    await test.step('a second one says that the first runs, and changes nothing', async () => {
      const { code, output } = await npm('up', '--', '--lab', '2', '--port', port).ended
      expect(output).toContain(`running already at ${admin.url}`)
      expect(code).toBe(0)
    })

    await page.goto('about:blank') // a page that is open would rightly complain that its panel is gone
    await test.step('down leaves nothing running and nothing mounted', async () => {
      expect(await npm('down').ended).toMatchObject({ code: 0 })
      expect((await up.ended).code).toBe(0)
      await expectNothingLeft(clone)
    })

    await test.step('up again finds everything as it was', async () => {
      const again = npm('up', '--', '--lab', '2', '--port', port)
      await again.says(/Corral is ready/, AGAIN_MS)
      expect(again.output).not.toMatch(/Dependencies installed|: built$/m)
      const api = new Api(admin.url, admin.apiToken)
      const hosts = await api.hosts()
      expect(hosts.map(({ name, status }) => [name, status])).toEqual([
        ['lab1', 'online'],
        ['lab2', 'online'],
      ])
      expect(await api.templates()).toHaveLength(1)
      again.pressCtrlC()
      await again.ended
      await expectNothingLeft(clone)
    })
  } finally {
    await new Script(clone, ['down']).ended
    await Promise.all(scripts.map(({ ended }) => ended))
    removeCheckout(clone)
  }
})

test('npm run up as an ordinary user: simulated hosts, labelled so; Ctrl-C ends it', async ({ page }) => {
  test.setTimeout(1_200_000)
  const account = await addAccount()
  const clone = await cloneCheckout(account)
  const up = new Script(clone, ['up', '--', '--port', String(await freePort())], account)
  try {
    await up.says(/Corral is ready/, READY_MS)
    expect(up.output).toContain('simulated hosts')
    const admin = readAdmin(path.join(clone, '.corral'))
    await signIn(page, admin)
    await page.goto(`${admin.url}${paths.hosts()}`)
    for (const name of ['sim1', 'sim2']) {
      await expect(row(page, name)).toContainText('Online')
      await expect(row(page, name)).toContainText('simulated')
    }
    await page.goto(`${admin.url}${paths.setup()}`)
    await expect(page.getByText(SETUP_DONE)).toBeVisible()
    await page.goto('about:blank') // a page that is open would rightly complain that its panel is gone
    up.pressCtrlC()
    await up.ended
    await expectNothingLeft(clone)
  } finally {
    await new Script(clone, ['down'], account).ended
    await up.ended
    removeCheckout(clone)
    await run(['userdel', '--remove', account.name])
  }
})

async function signIn(page: Page, { url, email, password }: AdminFile): Promise<void> {
  await page.goto(`${url}${paths.signIn()}`)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
}

async function expectRealFleet(page: Page, { url }: AdminFile): Promise<void> {
  await page.goto(`${url}${paths.hosts()}`)
  for (const name of ['lab1', 'lab2']) await expect(row(page, name)).toContainText('Online')
  await expect(page.getByText('simulated', { exact: true })).toHaveCount(0)
  await page.goto(`${url}${paths.templates()}`)
  await expect(row(page, 'debian-13')).toContainText('Ready')
  await expect(row(page, 'debian-13')).toContainText('lab1, lab2')
}

async function expectNothingLeft(clone: string): Promise<void> {
  await expect.poll(() => processesIn(clone), { timeout: 15_000 }).toEqual([])
  const lab = path.join(clone, '.corral/lab')
  if (existsSync(lab)) await expect.poll(() => labFootprint(lab), { timeout: 15_000 }).toEqual([])
}

/** An ordinary user of this machine, for this test only. */
async function addAccount(): Promise<Account> {
  const name = `corral-e2e-${randomBytes(3).toString('hex')}`
  await run(['useradd', '--create-home', '--shell', '/bin/sh', name])
  const [uid, gid, , home] = (await run(['getent', 'passwd', name])).trim().split(':').slice(2)
  return { name, uid: Number(uid), gid: Number(gid), home: home ?? '/' }
}
