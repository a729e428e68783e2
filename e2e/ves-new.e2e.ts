import type { Page } from '@playwright/test'
import { paths } from '../lib/paths.ts'
import { expect, test, unique } from './fixtures.ts'
import { freeNet } from './nets.ts'
import { expectFieldProblem, expectProblem, field, form, markDocument, state } from './screen.ts'

const create = (page: Page) => form(page, 'Create VE')
const submit = (page: Page) => create(page).getByRole('button', { name: 'Create VE' }).click()

async function openForm(page: Page, name: string): Promise<void> {
  await page.goto(paths.veNew())
  await field(create(page), 'Name').fill(name)
  await field(create(page), 'Host name').fill('ve.example.org')
}

test.describe('the form of a new VE', () => {
  test('creates a VE that is seen to run without a reload', async ({ page }) => {
    const name = unique('web')
    await openForm(page, name)
    const document = await markDocument(page)
    await submit(page)
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
    await expect(state(page)).toHaveText('Running')
    await expect(page.getByRole('region', { name: 'Overview' })).toContainText('198.51.100.')
    await expect(
      page.getByRole('region', { name: 'Use' }).getByRole('meter', { name: 'Memory' }),
    ).toBeVisible()
    await expect(page.getByRole('region', { name: 'Operations', exact: true })).toContainText(
      `Create ${name}`,
    )
    await document.expectSame()
  })

  test('names each field that is wrong, beside the field, and keeps what was typed', async ({ page }) => {
    await page.goto(paths.veNew())
    const wrong = [
      ['Name', '-rf', /starts with a letter or digit/],
      ['Host name', 'not a host name', /Letters, digits and dashes/],
      ['VEID', '100', /100 and below are reserved/],
      ['Addresses', '198.51.100.10 nonsense', /Entry 2: An IPv4 or IPv6 address/],
      ['Name servers', 'dns', /Entry 1: An IPv4 or IPv6 address/],
      ['Search domains', 'exa_mple', /Entry 1: Letters, digits and dashes/],
      ['Processes', '1', /At least 16/],
      ['CPU weight', '1', /At least 8/],
      ['CPU cap', '0', /At least 1/],
      ['SSH public keys', 'not a key', /Entry 1: One OpenSSH public key/],
    ] as const
    for (const [label, value] of wrong) await field(create(page), label).fill(value)
    await page.getByLabel('Root password').fill('short')
    await submit(page)
    for (const [label, value, sentence] of wrong) {
      await expectFieldProblem(field(create(page), label), sentence)
      await expect(field(create(page), label)).toHaveValue(value)
    }
    await expect(page.getByLabel('Root password')).toHaveAccessibleDescription(/^At least 8 characters/)
    await expect(page.getByLabel('Root password')).toHaveValue('short')
    await expect(field(create(page), 'Name')).toBeFocused()
    await expect(create(page).getByRole('alert')).toContainText('Not sent')
  })

  test('takes sizes as people write them, and says which is none', async ({ page }) => {
    await openForm(page, unique('sizes'))
    await field(create(page), 'Memory').fill('lots')
    await field(create(page), 'Disk').fill('4 furlongs')
    await submit(page)
    await expectFieldProblem(field(create(page), 'Memory'), /A size such as 512 MiB/)
    await expectFieldProblem(field(create(page), 'Disk'), /A size such as 512 MiB/)
    await field(create(page), 'Memory').fill('1.5G')
    await field(create(page), 'Disk').fill('8 gib')
    await submit(page)
    await expect(page.getByRole('region', { name: 'Limits' })).toContainText('1.5 GiB')
    await expect(page.getByRole('region', { name: 'Limits' })).toContainText('8 GiB')
  })

  test('refuses a disk that its template does not fit on', async ({ page }) => {
    await openForm(page, unique('tiny'))
    await field(create(page), 'Disk').fill('64 MiB')
    await submit(page)
    await expectFieldProblem(field(create(page), 'Disk'), /debian-13 needs at least \d+ MiB/)
  })

  test('refuses what another VE has: name, number, address', async ({ page, api }) => {
    const other = await api.addVe({ name: unique('other') })
    await openForm(page, other.name.toUpperCase())
    await submit(page)
    await expectFieldProblem(field(create(page), 'Name'), /Another VE has this name/)

    await field(create(page), 'Name').fill(unique('second'))
    await field(create(page), 'VEID').fill(String(other.veid))
    await submit(page)
    await expectProblem(create(page), /This veid is taken/, /Choose another number above 100/)
    await expectFieldProblem(field(create(page), 'VEID'), /is taken/)

    await field(create(page), 'VEID').fill('')
    await field(create(page), 'Addresses').fill(other.addresses[0] ?? '')
    await submit(page)
    await expectProblem(create(page), /This address is taken/, /Choose another address/)
    await expectFieldProblem(field(create(page), 'Addresses'), /Entry 1: Taken/)

    await field(create(page), 'Addresses').fill('203.0.113.1')
    await submit(page)
    await expectFieldProblem(field(create(page), 'Addresses'), /in no address pool/)
  })

  test('refuses a host that has less, beside the field, and says when no host has room', async ({ page }) => {
    await openForm(page, unique('large'))
    await field(create(page), 'Memory').fill('1000 GiB')
    await create(page).getByRole('combobox', { name: 'Host' }).selectOption({ label: 'sim1 (simulated)' })
    await submit(page)
    await expectFieldProblem(field(create(page), 'Memory'), /sim1 has 64 GiB of memory/)
    await create(page).getByRole('combobox', { name: 'Host' }).selectOption({ label: 'Automatic' })
    await submit(page)
    await expectProblem(create(page), /No host can take this VE.*sim1.*sim2/, /Add a host, free room/)
    await expect(field(create(page), 'Memory')).toHaveValue('1000 GiB')
  })

  test('makes one VE however often the button is pressed', async ({ page, api }) => {
    const name = unique('once')
    await openForm(page, name)
    await create(page).getByRole('button', { name: 'Create VE' }).dblclick()
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
    await expect(state(page)).toHaveText('Running')
    const { body } = await api.get(`/ves?q=${name}`)
    expect(body.items).toHaveLength(1)
    const operations = await api.get(`/operations?type=ve-create&q=${name}`)
    expect(operations.body.items).toHaveLength(1)
  })

  test('makes one VE when the answer was lost and it is sent again', async ({ page, api, tolerate }) => {
    tolerate(/ERR_|Failed to (fetch|load)/)
    const name = unique('lost')
    await openForm(page, name)
    let lost = false
    await page.route('**/ves/new', async (route) => {
      if (route.request().method() !== 'POST' || lost) return route.continue()
      lost = true
      await route.fetch() // the server does it; the browser never hears of it
      return route.abort('connectionreset')
    })
    await submit(page)
    await expect(create(page).getByRole('alert')).toContainText('Sending this again is safe')
    await submit(page)
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
    expect((await api.get(`/ves?q=${name}`)).body.items).toHaveLength(1)
  })
})

test.describe('what a new VE begins with', () => {
  const interfaces = (page: Page) => create(page).getByRole('list', { name: 'Interfaces' }).locator('> li')

  test('several interfaces, of pools on bridges too; what is wrong is told at the interface', async ({
    page,
    api,
  }) => {
    const [net, pool, name] = [freeNet(), unique('lan'), unique('many')]
    const bridge = { kind: 'bridged', bridge: 'br0', gateway: `${net}.1`, vlan: 30 }
    await api.must(api.post('/ip-pools', { name: pool, cidr: `${net}.0/24`, ...bridge }))
    await openForm(page, name)
    const add = create(page).getByRole('button', { name: 'Add interface' })
    await field(interfaces(page).nth(0), 'Rate out, Mbit/s').fill('50')
    await add.click()
    await add.click()
    await create(page).getByRole('button', { name: 'Remove interface 2' }).click()
    const second = interfaces(page).nth(1)
    await second.getByRole('combobox', { name: 'Kind' }).selectOption({ label: 'Bridged' })
    await second
      .getByRole('combobox', { name: 'Pool' })
      .selectOption({ label: `${pool}: ${net}.0/24 on br0, VLAN 30` })
    await field(second, 'Name inside').fill('LAN')
    await field(second, 'Hardware address').fill('00:11:22:33:44:55')
    await submit(page)
    await expectFieldProblem(field(second, 'Name inside'), /A small letter/)
    await expectFieldProblem(field(second, 'Hardware address'), /locally administered/i)
    await field(second, 'Name inside').fill('lan0')
    await field(second, 'Hardware address').fill('02:16:3e:00:11:22')
    await field(second, 'IPv4 gateway').fill(`${net}.1`)
    await submit(page)
    await expectFieldProblem(field(second, 'IPv4 gateway'), /default route of IPv4 leads through eth0/)
    await field(second, 'IPv4 gateway').fill('-')
    await submit(page)
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
    await expect(state(page)).toHaveText('Running')
    const { body } = await api.get(`/ves?q=${name}`)
    expect(body.items[0].interfaces).toMatchObject([
      { ifname: 'eth0', kind: 'routed', rate: { inBits: null, outBits: 50_000_000 } },
      { ifname: 'lan0', bridge: 'br0', vlan: 30, mac: '02:16:3e:00:11:22', gateway4: null },
    ])
  })

  test('none at all, if that is wanted; features, tags and boot order', async ({ page, api }) => {
    const name = unique('alone')
    await openForm(page, name)
    await create(page).getByRole('button', { name: 'Remove interface 1' }).click()
    await expect(
      create(page).getByText('No interface: it has no network but its own loopback.'),
    ).toBeVisible()
    await create(page).getByText('Features: nested containers').click()
    await create(page).getByLabel('FUSE').check()
    await create(page).getByText('Tags and start with its host').click()
    await field(create(page), 'Tags').fill('lone test')
    await field(create(page), 'Boot order').fill('99999')
    await create(page).getByText('Tags and start with its host').click()
    await expect(field(create(page), 'Boot order')).toHaveCount(0)
    await submit(page)
    // What was folded away opens where something in it is wrong.
    await expectFieldProblem(field(create(page), 'Boot order'), /From 0 to 9999/)
    await expect(field(create(page), 'Boot order')).toBeFocused()
    await field(create(page), 'Boot order').fill('3')
    await submit(page)
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
    await expect(state(page)).toHaveText('Running')
    const { body } = await api.get(`/ves?q=${name}`)
    expect(body.items[0]).toMatchObject({
      interfaces: [],
      features: { fuse: true, nesting: false, tun: false },
      tags: ['lone', 'test'],
      bootOrder: 3,
    })
  })

  test('an application container: what each namespace shares is said before it is made', async ({
    page,
    api,
  }) => {
    const name = unique('app')
    await openForm(page, name)
    await create(page).getByRole('combobox', { name: 'Kind' }).first().selectOption({ label: 'Application' })
    const own = create(page).getByRole('group', { name: 'What is its own' })
    await expect(own).toContainText('If it were not: It sees all processes of the host, and of every VE.')
    await own.getByLabel('Network').uncheck()
    await expect(own).toContainText('Shared with the host. It uses the host’s interfaces')
    await expect(interfaces(page)).toHaveCount(0)
    await submit(page)
    await expectFieldProblem(field(create(page), 'Program and arguments'), /Give a program/)
    await field(create(page), 'Program and arguments').fill('/usr/bin/python3\n-m\nhttp.server')
    await field(create(page), 'Environment').fill('LANG=C.UTF-8')
    await submit(page)
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
    await expect(page.getByRole('region', { name: 'Overview' })).toContainText(
      '/usr/bin/python3 -m http.server',
    )
    const { body } = await api.get(`/ves?q=${name}`)
    expect(body.items[0]).toMatchObject({
      kind: 'application',
      namespaces: ['pid', 'ipc', 'uts', 'user', 'cgroup'],
      application: { environment: { LANG: 'C.UTF-8' }, uid: 0 },
      interfaces: [],
    })
    await page.goto(paths.veNetwork(body.items[0].id))
    await expect(page.getByText('It shares the network of its host')).toBeVisible()
  })

  test('what the chosen host lacks is said before anything is asked for', async ({ page }) => {
    await openForm(page, unique('hints'))
    const summary = create(page).getByText(/^Not to be had/)
    await expect(summary).toContainText('AppArmor')
    await create(page).getByRole('combobox', { name: 'Host' }).selectOption({ label: 'sim1 (simulated)' })
    await expect(summary).toContainText('Not to be had on sim1')
    await summary.click()
    await expect(
      create(page).getByRole('listitem').filter({ hasText: 'AppArmorThis host is simulated.' }),
    ).toBeVisible()
  })
})
