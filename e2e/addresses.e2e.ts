import type { Page } from '@playwright/test'
import { paths } from '../lib/paths.ts'
import type { Api } from './api.ts'
import { expect, test, unique } from './fixtures.ts'
import { freeNet } from './nets.ts'
import { expectFieldProblem, field, form } from './screen.ts'

const newPool = (page: Page) => form(page, 'New pool')
const make = (page: Page) => newPool(page).getByRole('button', { name: 'Make pool' }).click()
const kind = (page: Page) => newPool(page).getByRole('combobox', { name: 'Kind' })

type Pool = { id: string; name: string }
const addPool = (api: Api, input: object) => api.must<Pool>(api.post('/ip-pools', input))

/** A host that only pools bound to it, and those of every host, serve. */
const addHost = (api: Api) => api.addHost({ name: unique('net'), simulated: true })

test.describe('a new pool', () => {
  test('that overlaps, or whose ends lie outside, is refused beside the field', async ({ page }) => {
    await page.goto(paths.addresses())
    const name = unique('pool')
    await field(newPool(page), 'Name').fill(name)
    await field(newPool(page), 'Prefix').fill('198.51.100.0/24')
    await make(page)
    await expectFieldProblem(field(newPool(page), 'Prefix'), /The pool lab gives out some of these addresses/)
    await field(newPool(page), 'Prefix').fill(`${freeNet()}.0/24`)
    await field(newPool(page), 'First address').fill('10.1.1.1')
    await make(page)
    await expectFieldProblem(field(newPool(page), 'First address'), /Not in/)
    await field(newPool(page), 'First address').fill('')
    await make(page)
    await expect(page.getByRole('table', { name: 'Address pools' })).toContainText(name)
    await expect(field(newPool(page), 'Name')).toHaveValue('')
  })

  test('on a bridge wants one that hosts have, and a gateway that is in its prefix', async ({
    page,
    api,
  }) => {
    await page.goto(paths.addresses())
    const [name, net] = [unique('bridged'), freeNet()]
    await kind(page).selectOption({ label: 'Bridged' })
    await field(newPool(page), 'Name').fill(name)
    await field(newPool(page), 'Prefix').fill(`${net}.0/24`)
    await field(newPool(page), 'Gateway').fill('203.0.113.1')
    await make(page)
    const bridge = newPool(page).getByRole('combobox', { name: 'Bridge' })
    await expect(bridge).toHaveAccessibleDescription(/Name the bridge.*Hosts have br0/)
    await bridge.fill('br7')
    await expect(bridge).toHaveAccessibleDescription(/No host has reported it; there is br0/)
    await bridge.fill('br0')
    await expect(bridge).toHaveAccessibleDescription(/On .*sim1/)
    await field(newPool(page), 'VLAN').fill('5000')
    await make(page)
    await expectFieldProblem(field(newPool(page), 'VLAN'), /From 1 to 4094/)
    await field(newPool(page), 'VLAN').fill('20')
    await make(page)
    await expectFieldProblem(field(newPool(page), 'Gateway'), /Not in/)
    await field(newPool(page), 'Gateway').fill(`${net}.1`)
    await make(page)
    const row = page.getByRole('row').filter({ hasText: name })
    await expect(row).toContainText('br0, VLAN 20')
    const { body } = await api.get(`/ip-pools?q=${name}`)
    expect(body.items[0]).toMatchObject({ first: `${net}.2`, gateway: `${net}.1`, vlan: 20 })
  })

  test('gives out networks of IPv6 only', async ({ page }) => {
    await page.goto(paths.addresses())
    await field(newPool(page), 'Name').fill(unique('networks'))
    await field(newPool(page), 'Prefix').fill(`${freeNet()}.0/24`)
    await field(newPool(page), 'Gives out networks of length').fill('64')
    await make(page)
    await expectFieldProblem(field(newPool(page), 'Gives out networks of length'), /Only IPv6 networks/)
  })
})

test('a pool’s page: who has what, what may shrink, and when it may go', async ({ page, api }) => {
  const [host, net, name] = [await addHost(api), freeNet(), unique('own')]
  const pool = await addPool(api, { name, cidr: `${net}.0/24`, hostIds: [host.id] })
  const template = await api.addTemplate({
    name: unique('tpl'),
    definition: { family: 'debian', suite: 'trixie', arch: 'x86-64', init: 'sysvinit', packages: [] },
    hostIds: [host.id],
  })
  const interfaces = [{ kind: 'routed' as const, addresses: [`${net}.40`] }]
  const ve = await api.addVe({ name: unique('has'), hostId: host.id, templateId: template.id, interfaces })
  await page.goto(paths.addresses())
  await page.getByRole('searchbox', { name: 'Search pools' }).fill(name)
  // The rows move when the answer comes: a click before that would miss.
  await expect(page.getByRole('table', { name: 'Address pools' }).getByRole('row')).toHaveCount(2)
  await page.getByRole('link', { name, exact: true }).click()
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Pool', exact: true })).toContainText(host.name)
  await expect(page.getByRole('region', { name: 'Pool', exact: true })).toContainText('1 of 254')
  const history = page.getByRole('table', { name: 'Who had which address' })
  await expect(history.getByRole('row').filter({ hasText: `${net}.40` })).toContainText(ve.name)
  await expect(page.getByRole('button', { name: 'Remove…' })).toHaveAttribute('aria-disabled', 'true')

  const change = form(page, 'Change pool')
  await field(change, 'Last address').fill(`${net}.39`)
  await change.getByRole('button', { name: 'Change pool' }).click()
  await expectFieldProblem(field(change, 'Last address'), /./)
  await field(change, 'Last address').fill(`${net}.50`)
  await change.getByRole('button', { name: 'Change pool' }).click()
  await expect(page.getByRole('region', { name: 'Pool', exact: true })).toContainText(`${net}.1 – ${net}.50`)

  const who = page.getByRole('form', { name: 'Who had an address' })
  await who.getByLabel('Address').fill(`${net}.41`)
  await who.getByRole('button', { name: 'Look up' }).click()
  await expect(page.getByText('Nobody has or had such an address.')).toBeVisible()

  const gone = await api.must<{ operation: { id: string } }>(api.delete(`/ves/${ve.id}`))
  await api.succeeded(gone.operation.id)
  await page.goto(paths.pool(pool.id))
  await expect(history.getByRole('row').filter({ hasText: `${net}.40` })).toContainText('destroyed')
  await page.getByRole('button', { name: 'Remove…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click()
  await expect(page).toHaveURL(paths.addresses())
  await expect.poll(async () => (await api.get(`/ip-pools?q=${name}`)).body.items).toEqual([])
})

test('an address outside what a pool gives out is refused where it was typed', async ({ page, api }) => {
  const net = freeNet()
  await addPool(api, { name: unique('few'), cidr: `${net}.0/24`, first: `${net}.10`, last: `${net}.20` })
  const ve = await api.addVe({ name: unique('outside') })
  await page.goto(paths.veNetwork(ve.id))
  await page.getByRole('row').filter({ hasText: 'eth0' }).getByRole('button', { name: 'Change…' }).click()
  const change = page.getByRole('dialog', { name: 'Change eth0' })
  const typed = field(change, 'Addresses')
  await typed.fill(`${ve.addresses[0]} ${net}.21`)
  await change.getByRole('button', { name: 'Change it' }).click()
  await expectFieldProblem(typed, /Entry 2: .*(pool|gives? out)/)
  await typed.fill(`${ve.addresses[0]} ${net}.20`)
  await change.getByRole('button', { name: 'Change it' }).click()
  await expect.poll(async () => (await api.ve(ve.id)).addresses).toEqual([ve.addresses[0], `${net}.20`])
})
