import type { Page } from '@playwright/test'
import { paths } from '../lib/paths.ts'
import { expectAccessible } from './accessibility.ts'
import { type Api, PLAIN_DEBIAN } from './api.ts'
import { expect, test, unique } from './fixtures.ts'
import { expectAwake, field, form } from './screen.ts'

const vePages = (id: string) =>
  [paths.ve, paths.veNetwork, paths.veFirewall, paths.veDevices, paths.veSettings].map((path) => path(id))

/** One of each kind of page, with something on it. */
async function everyPage(api: Api): Promise<string[]> {
  const [host] = await api.hosts()
  const [template] = await api.templates()
  const operations = await api.get('/operations?limit=1')
  const ves = await api.get('/ves?limit=1')
  const things = [
    paths.host(host?.id ?? ''),
    paths.template(template?.id ?? ''),
    paths.operation(operations.body.items[0].id),
    ...(ves.body.items[0] ? vePages(ves.body.items[0].id) : []),
  ]
  const {
    home,
    setup,
    ves: list,
    veNew,
    hosts,
    hostNew,
    templates,
    templateNew,
    operations: all,
    addresses,
  } = paths
  return [home, setup, list, veNew, hosts, hostNew, templates, templateNew, all, addresses]
    .map((path) => path())
    .concat(things)
}

/** Nothing sticks out to the right: not the page, and no text out of its box. */
async function expectNoOverflow(page: Page, path: string): Promise<void> {
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])
  expect(width[0], `${path} is as wide as the screen`).toBeLessThanOrEqual(width[1] ?? 0)
}

const LONG = `long-${'w'.repeat(58)}`

async function addLongNames(api: Api): Promise<void> {
  if ((await api.get(`/hosts?q=${LONG}`)).body.items.length > 0) return
  const host = await api.addHost({ name: LONG, simulated: true })
  const definition = PLAIN_DEBIAN
  const template = await api.addTemplate({ name: LONG, definition, hostIds: [host.id] })
  const hostname = `${'h'.repeat(60)}.org`
  await api.addVe({ name: LONG, hostname, templateId: template.id, hostId: host.id })
}

test('no page is wider than a phone, or than a desk, with names as long as they may be', async ({
  page,
  api,
}) => {
  test.setTimeout(90_000)
  await addLongNames(api)
  const { body } = await api.get(`/ves?q=${LONG}`)
  const ve = body.items[0]
  const { operations } = { operations: (await api.get(`/operations?q=${LONG}&limit=1`)).body.items }
  const long = [
    ...vePages(ve.id),
    paths.host(ve.host.id),
    paths.template(ve.template.id),
    paths.operation(operations[0].id),
  ]
  const all = [...(await everyPage(api)), ...long]
  for (const path of all) {
    await page.setViewportSize({ width: 375, height: 700 })
    await page.goto(path)
    await expectNoOverflow(page, `${path} on a phone`)
    await page.setViewportSize({ width: 1280, height: 800 })
    await expectNoOverflow(page, path)
  }
})

for (const colours of ['light', 'dark'] as const) {
  test(`every page can be read by everyone, in ${colours} colours`, async ({ page, api }) => {
    await page.emulateMedia({ colorScheme: colours, reducedMotion: 'reduce' })
    for (const path of await everyPage(api)) {
      await page.goto(path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expectAccessible(page, path)
    }
    await page.goto(paths.veNew())
    await field(form(page, 'Create VE'), 'Name').fill('-rf')
    await form(page, 'Create VE').getByRole('button', { name: 'Create VE' }).click()
    await expect(form(page, 'Create VE').getByRole('alert')).toBeVisible()
    await expectAccessible(page, 'a form with something wrong in it')
  })
}

test('input far too long is told beside its field, and stays in its box', async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 700 })
  await page.goto(paths.veNew())
  const create = form(page, 'Create VE')
  await field(create, 'Name').fill('n'.repeat(200))
  await field(create, 'Host name').fill('h'.repeat(200))
  await create.getByRole('button', { name: 'Create VE' }).click()
  await expect(field(create, 'Name')).toHaveAccessibleDescription(/At most 63 characters/)
  await expect(field(create, 'Host name')).toHaveAccessibleDescription(/At most 64 characters/)
  await expectNoOverflow(page, 'the form')
})

test.describe('by keyboard alone', () => {
  test('the first Tab leads past the navigation', async ({ page }) => {
    await page.goto(paths.hosts())
    await page.keyboard.press('Tab')
    await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
    await expect(page.getByRole('link', { name: 'Skip to content' })).toBeInViewport()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await expect(page.getByRole('main').locator(':focus')).toHaveCount(1)
  })

  test('/ finds the search, j and k walk the rows, Enter opens one', async ({ page }) => {
    await page.goto(`${paths.hosts()}?q=sim`)
    await expectAwake(page)
    await page.keyboard.press('/')
    await expect(page.getByRole('searchbox', { name: 'Search hosts' })).toBeFocused()
    await page.keyboard.type('1')
    await expect(page).toHaveURL(/q=1/)
    await page.keyboard.press('Escape')
    await page.goto(`${paths.hosts()}?q=sim1&sort=name`)
    await expectAwake(page)
    await page.keyboard.press('j')
    await expect(page.getByRole('link', { name: 'sim1', exact: true })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'sim1', level: 1 })).toBeVisible()
  })

  test('a VE is created without a mouse', async ({ page }) => {
    const name = unique('keys')
    await page.goto(paths.ves())
    await page.getByRole('link', { name: 'Create VE', exact: true }).first().focus()
    await page.keyboard.press('Enter')
    await expect(form(page, 'Create VE')).toBeVisible()
    await field(form(page, 'Create VE'), 'Name').focus()
    await page.keyboard.type(name)
    await page.keyboard.press('Tab')
    await page.keyboard.type('ve.example.org')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  })

  test('a dialog keeps the focus, Escape closes it, and focus goes back', async ({ page, api }) => {
    const host = await api.addHost({ name: unique('dialog'), simulated: true })
    await page.goto(paths.host(host.id))
    await page.getByRole('button', { name: 'Remove…' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: `Remove ${host.name}?` })
    await expect(dialog.locator(':focus')).toHaveCount(1)
    await page.keyboard.press('Escape')
    await expect(dialog).toHaveCount(0)
    await expect(page.getByRole('button', { name: 'Remove…' })).toBeFocused()
  })
})

test('colours are chosen once and stay, also after a reload', async ({ page }) => {
  await page.goto(paths.hosts())
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const choose = async (name: string) => {
    await page.getByRole('button', { name: /^Account:/ }).click()
    await page.getByRole('menuitemradio', { name }).click()
  }
  await choose('Light')
  const light = await background()
  await choose('Dark')
  await expect.poll(background).not.toBe(light)
  const dark = await background()
  await page.reload()
  expect(await background()).toBe(dark)
  await choose('Light')
  await expect.poll(background).toBe(light)
})

test('the first run’s page shows every step done', async ({ page }) => {
  await page.goto(paths.setup())
  await expect(page.getByText(/^(\d+) of \1 done$/)).toBeVisible()
  const steps = page.getByRole('listitem')
  for (const label of ['Panel', 'Simulated host sim1', 'Template debian-13'])
    await expect(steps.filter({ hasText: label })).toContainText('Done')
  await page.getByRole('link', { name: 'Create your first VE' }).click()
  await expect(form(page, 'Create VE')).toBeVisible()
})

test('a pool is made from the browser; one that overlaps is refused beside its field', async ({ page }) => {
  await page.goto(paths.addresses())
  const pool = form(page, 'New pool')
  const third = Date.now() % 250
  const name = unique('pool')
  await field(pool, 'Name').fill(name)
  await field(pool, 'Prefix').fill('198.51.100.0/24')
  await pool.getByRole('button', { name: 'Make pool' }).click()
  await expect(field(pool, 'Prefix')).toHaveAccessibleDescription(
    /The pool lab gives out some of these addresses/,
  )
  await field(pool, 'Prefix').fill(`10.200.${third}.0/24`)
  await field(pool, 'First address').fill('10.1.1.1')
  await pool.getByRole('button', { name: 'Make pool' }).click()
  await expect(field(pool, 'First address')).toHaveAccessibleDescription(/Not in/)
  await field(pool, 'First address').fill('')
  await pool.getByRole('button', { name: 'Make pool' }).click()
  await expect(page.getByRole('table', { name: 'Address pools' })).toContainText(name)
})
