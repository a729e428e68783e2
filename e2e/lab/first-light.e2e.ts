import type { Page } from '@playwright/test'
import { paths } from '../../lib/paths.ts'
import type { VeResource } from '../../lib/ves/resource.ts'
import { expect, test, unique } from '../fixtures.ts'
import { expectEnd, expectProblem, field, form, markDocument, more, state } from '../screen.ts'
import {
  ensurePool,
  expectFootprint,
  footprint,
  labHost,
  makeKey,
  onHost,
  openGuest,
  SMALL_DEBIAN,
} from './lab.ts'

const INSTALL_MS = 120_000
const BUILD_MS = 180_000

test('first light: from a bare host to SSH into a VE, and back to nothing', async ({ page, api }) => {
  test.setTimeout(480_000)
  const host = labHost(0)
  await ensurePool(api)

  await test.step('the host’s key is shown before any secret is asked for', async () => {
    await page.goto(paths.hostNew())
    const add = form(page, 'Add host')
    await field(add, 'Name').fill(host.name)
    await field(add, 'Address').fill(host.address)
    await field(add, 'SSH port').fill(String(host.sshPort))
    await add.getByRole('button', { name: 'Look at host' }).click()
    await expect(page.getByText(host.hostKeyFingerprint)).toBeVisible()
    await expect(page.getByLabel('Password')).toHaveCount(0)
    await page.getByRole('button', { name: 'Yes, the fingerprints are the same' }).click()
  })

  await test.step('a wrong password is told as that, and can be corrected', async () => {
    const enrol = form(page, 'Enrol host')
    await enrol.getByLabel('Password', { exact: true }).last().fill('not the password')
    await enrol.getByRole('button', { name: 'Enrol host' }).click()
    await expectEnd(page, 'Failed', 30_000)
    await expectProblem(page, /does not accept the password or key/, /enrol again/)
    await page.getByRole('main').getByRole('link', { name: host.name, exact: true }).click()
    await expect(state(page)).toHaveText('Failed')
  })

  await test.step('the right one enrols it, with the packages it lacks', async () => {
    const again = form(page, 'Enrol again')
    await again.getByLabel('Password', { exact: true }).last().fill(host.rootPassword)
    await again.getByRole('button', { name: 'Enrol again' }).click()
    await expect(page.getByRole('heading', { name: `Enrol ${host.name}` })).toBeVisible()
    const document = await markDocument(page)
    await expect(page.getByRole('log', { name: 'Log' })).toContainText('Installing crun', { timeout: 30_000 })
    await expectEnd(page, 'Succeeded', INSTALL_MS)
    await document.expectSame()
    await page.getByRole('main').getByRole('link', { name: host.name, exact: true }).click()
    await expect(state(page)).toHaveText('Online')
    await expect(page.getByRole('region', { name: 'Facts' })).toContainText(host.hostKeyFingerprint)
    await expect(page.getByText('simulated', { exact: true })).toHaveCount(0)
  })

  const template = unique('debian')
  await test.step('a template is built on it, and its log is read while it grows', async () => {
    await buildTemplate(page, template, host.name)
  })

  const before = await footprint(host)
  const key = makeKey()
  const name = unique('first')
  let ve: VeResource
  await test.step('a VE is created and seen to run without a reload', async () => {
    await createVe(page, { name, template, host: host.name, publicKey: key.public })
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    ve = await api.ve(id)
    expect(ve).toMatchObject({ name, state: 'running', host: { name: host.name, simulated: false } })
  })

  await test.step('SSH leads into it: a system of its own, whose root is not the host’s', async () => {
    await lookInside(ve, key)
    expect(await footprint(host)).not.toEqual(before)
  })

  await test.step('it is stopped and destroyed, and nothing of it is left on the host', async () => {
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await expect(state(page)).toHaveText('Stopped', { timeout: 70_000 })
    await more(page, name, 'Destroy…')
    const dialog = page.getByRole('dialog', { name: `Destroy ${name}?` })
    await field(dialog, `Type ${name} to confirm`).fill(name)
    await dialog.getByRole('button', { name: 'Destroy it' }).click()
    await expect(state(page)).toHaveText('Destroyed', { timeout: 30_000 })
    await expectFootprint(host, before)
  })
})

async function buildTemplate(page: Page, name: string, hostName: string): Promise<void> {
  await page.goto(paths.templateNew())
  const make = form(page, 'New template')
  await field(make, 'Name').fill(name)
  await make.getByRole('combobox', { name: 'Debian release' }).selectOption({ label: 'Debian 13 (trixie)' })
  await field(make, 'Extra packages').fill(SMALL_DEBIAN.packages.join(' '))
  for (const other of await make.getByRole('checkbox').all()) await other.uncheck()
  await make.getByRole('checkbox', { name: hostName }).check()
  await make.getByRole('button', { name: 'Make and build' }).click()
  // In the page itself: the tray of running operations links to it too, once it runs.
  await page
    .getByRole('main')
    .getByRole('link', { name: `Build ${name} on ${hostName}` })
    .click()
  const log = page.getByRole('log', { name: 'Log' })
  await expect(log.getByText(/./).first()).toBeVisible({ timeout: 30_000 })
  const document = await markDocument(page)
  const lines = () => log.locator('p').count()
  const first = await lines()
  await expect(state(page)).toHaveText('Running')
  await expect.poll(lines, { timeout: BUILD_MS }).toBeGreaterThan(first)
  await expectEnd(page, 'Succeeded', BUILD_MS)
  await document.expectSame()
}

async function createVe(
  page: Page,
  ve: { name: string; template: string; host: string; publicKey: string },
): Promise<void> {
  await page.goto(paths.veNew())
  const create = form(page, 'Create VE')
  await field(create, 'Name').fill(ve.name)
  await field(create, 'Host name').fill('first.example.org')
  const template = create.getByRole('combobox', { name: 'Template' })
  await template.selectOption({ label: `${ve.template} · x86-64` })
  await create.getByRole('combobox', { name: 'Host', exact: true }).selectOption({ label: ve.host })
  await field(create, 'Disk').fill('1 GiB')
  await field(create, 'SSH public keys').fill(ve.publicKey)
  await create.getByRole('button', { name: 'Create VE' }).click()
  await expect(page.getByRole('heading', { name: ve.name, level: 1 })).toBeVisible()
  const document = await markDocument(page)
  await expect(state(page)).toHaveText('Running', { timeout: 30_000 })
  await document.expectSame()
}

async function lookInside(ve: VeResource, key: Parameters<typeof openGuest>[1]): Promise<void> {
  const [address = ''] = ve.addresses
  const guest = await openGuest(address, key)
  try {
    const read = async (...argv: string[]) => (await guest.run(...argv)).stdout.trim()
    expect(await read('cat', '/proc/1/comm')).toBe('init')
    expect(await read('hostname')).toBe('first.example.org')
    expect(await read('ip', '-4', '-oneline', 'address')).toContain(`inet ${address}/`)
    expect(await read('id', '-u')).toBe('0')
    const [inside, outside, length] = (await read('cat', '/proc/self/uid_map')).split(/\s+/).map(Number)
    expect([inside, length]).toEqual([0, 65_536])
    expect(outside).toBeGreaterThanOrEqual(1_048_576)
    await expectUnprivileged(outside ?? 0)
    expect((await guest.run('date', '--set', '@0')).code, 'a VE cannot set the system’s time').not.toBe(0)
    const processes = await read('ps', '-e', '-o', 'comm=')
    expect(processes.split('\n'), 'it sees its own processes only').not.toContain('crun')
  } finally {
    guest.close()
  }
}

/** On the host, the VE's init and its sshd run as ids of the VE's own range. */
async function expectUnprivileged(base: number): Promise<void> {
  const list = await onHost(labHost(0), ({ execute }) => execute(['ps', '-e', '-o', 'uid=,comm=']))
  const ofVe = list.split('\n').filter((line) => {
    const uid = Number(line.trim().split(/\s+/)[0])
    return uid >= base && uid < base + 65_536
  })
  expect(ofVe.some((line) => line.trim() === `${base} init`)).toBe(true)
  expect(ofVe.some((line) => line.includes('sshd'))).toBe(true)
}
