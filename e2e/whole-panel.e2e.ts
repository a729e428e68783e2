import type { Page } from '@playwright/test'
import { paths } from '../lib/paths.ts'
import { expectAccessible } from './accessibility.ts'
import { type Api, PLAIN_DEBIAN } from './api.ts'
import { expect, test, unique } from './fixtures.ts'
import { expectAwake, field, form } from './screen.ts'

type PageName = Exclude<keyof typeof paths, 'signIn'>

const firstOf = async (api: Api, collection: string, q = '') =>
  (await api.get(`/${collection}?limit=1${q === '' ? '' : `&q=${q}`}`)).body.items[0].id as string

/** The pages of single things, named as their paths. `q`: of things with this name. */
async function pagesOfThings(api: Api, q = ''): Promise<Record<PageOfThing, string>> {
  const ve = await firstOf(api, 'ves', q)
  return {
    ve: paths.ve(ve),
    veResources: paths.veResources(ve),
    vePlan: paths.vePlan(ve),
    veUsage: paths.veUsage(ve),
    veQuota: paths.veQuota(ve),
    veSnapshots: paths.veSnapshots(ve),
    veBackups: paths.veBackups(ve),
    veMove: paths.veMove(ve),
    veNetwork: paths.veNetwork(ve),
    veFirewall: paths.veFirewall(ve),
    veDevices: paths.veDevices(ve),
    veSettings: paths.veSettings(ve),
    veConsole: paths.veConsole(ve),
    veBootLog: paths.veBootLog(ve),
    host: paths.host(await firstOf(api, 'hosts', q)),
    hostEvacuation: paths.hostEvacuation(await firstOf(api, 'hosts', q)),
    template: paths.template(await firstOf(api, 'templates', q)),
    plan: paths.plan(await firstOf(api, 'plans', q)),
    planVersionNew: paths.planVersionNew(await firstOf(api, 'plans', q)),
    operation: paths.operation(await firstOf(api, 'operations', q)),
    pool: paths.pool(await firstOf(api, 'ip-pools', q)),
    firewallSet: paths.firewallSet(await firstOf(api, 'firewall-sets', q)),
  }
}

const LISTS = {
  home: paths.home(),
  setup: paths.setup(),
  ves: paths.ves(),
  veNew: paths.veNew(),
  hosts: paths.hosts(),
  hostNew: paths.hostNew(),
  hostBalance: paths.hostBalance(),
  hostGroups: paths.hostGroups(),
  templates: paths.templates(),
  templateNew: paths.templateNew(),
  plans: paths.plans(),
  planNew: paths.planNew(),
  backups: paths.backups(),
  operations: paths.operations(),
  addresses: paths.addresses(),
  firewallSets: paths.firewallSets(),
  firewallSetNew: paths.firewallSetNew(),
  audit: paths.audit(),
} as const satisfies Partial<Record<PageName, string>>
/** A page that is in neither list does not compile. */
type PageOfThing = Exclude<PageName, keyof typeof LISTS>

/** Nothing sticks out to the right: not the page, and no text out of its box. */
async function expectNoOverflow(page: Page, path: string): Promise<void> {
  const wide = await page.evaluate(() => {
    const { scrollWidth } = document.documentElement
    if (scrollWidth <= window.innerWidth) return []
    const beyond = [...document.querySelectorAll('main *')].filter(
      (each) => each.getBoundingClientRect().right > window.innerWidth,
    )
    return [`${scrollWidth} px`, ...beyond.slice(-3).map((each) => each.outerHTML.slice(0, 200))]
  })
  // Soft: one run tells of every page.
  expect.soft(wide, `${path} is as wide as the screen`).toEqual([])
}

const LONG = `long-${'w'.repeat(58)}`

/** What the console of a VE that does not run is told. */
const NO_TERMINAL = /status of 409.*\/console/
const LONG_NET = '10.49.0'

/** One of everything, with names as long as they may be, and everything on it that a page shows. */
async function addLongNames(api: Api): Promise<void> {
  if ((await api.get(`/hosts?q=${LONG}`)).body.items.length > 0) return
  const host = await api.addHost({ name: LONG, simulated: true })
  const definition = PLAIN_DEBIAN
  const template = await api.addTemplate({ name: LONG, definition, hostIds: [host.id] })
  await api.must(api.post('/host-groups', { name: LONG, hostIds: [host.id] }))
  const bridge = { kind: 'bridged', bridge: 'br0', vlan: 4094, gateway: `${LONG_NET}.1` }
  const bound = { hostIds: [host.id] }
  await api.must(api.post('/ip-pools', { name: LONG, cidr: `${LONG_NET}.0/24`, ...bridge, ...bound }))
  const rule = { direction: 'in', action: 'drop', protocol: 'tcp', peers: [], ports: ['22'], comment: LONG }
  const set = await api.must<{ id: string }>(api.post('/firewall-sets', { name: LONG, rules: [rule] }))
  const description = 'd'.repeat(200)
  const plan = await api.must<{ id: string }>(api.post('/plans', { name: LONG, description, note: LONG }))
  const ve = await api.addVe({
    name: LONG,
    planId: plan.id,
    hostname: `${'h'.repeat(60)}.org`,
    templateId: template.id,
    hostId: host.id,
    start: true,
    description: LONG.repeat(3),
    tags: ['t'.repeat(32), 'shop'],
    interfaces: [
      { kind: 'routed', rate: { inBits: 100_000_000_000, outBits: 8_000 } },
      { kind: 'bridged', ifname: 'abcdefghijklmno', gateway4: null },
    ],
  })
  const firewall = { enabled: true, policyIn: 'drop', policyOut: 'accept' }
  const entries = [{ setId: set.id }, { rule }]
  await api.must(api.send('PUT', `/ves/${ve.id}/firewall`, { ...firewall, entries }))
  const suspended = await api.must<{ operation: { id: string } }>(
    api.post(`/ves/${ve.id}/suspend`, { reason: 'abuse', note: LONG }),
  )
  await api.succeeded(suspended.operation.id)
}

test('no page is wider than a phone, or than a desk, with names as long as they may be', async ({
  page,
  api,
  tolerate,
}) => {
  test.setTimeout(180_000)
  tolerate(NO_TERMINAL)
  await addLongNames(api)
  for (const path of Object.values({ ...LISTS, ...(await pagesOfThings(api, LONG)) })) {
    await page.setViewportSize({ width: 375, height: 700 })
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expectNoOverflow(page, `${path} on a phone`)
    await page.setViewportSize({ width: 1280, height: 800 })
    await expectNoOverflow(page, path)
  }
})

for (const colours of ['light', 'dark'] as const) {
  test(`every page can be read by everyone, in ${colours} colours`, async ({ page, api, tolerate }) => {
    test.setTimeout(180_000)
    tolerate(NO_TERMINAL)
    await addLongNames(api)
    await page.emulateMedia({ colorScheme: colours, reducedMotion: 'reduce' })
    for (const path of Object.values({ ...LISTS, ...(await pagesOfThings(api, LONG)) })) {
      await page.goto(path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      // It may come after the rest: Next streams it.
      await expect(page).toHaveTitle(/./)
      // Not while the page's script is still taking over what the server sent: axe would see half of each.
      await expectAwake(page)
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
