import type { Page } from '@playwright/test'
import { GIB } from '../lib/contract/units.ts'
import { paths } from '../lib/paths.ts'
import type { VeResource } from '../lib/ves/resource.ts'
import type { Api } from './api.ts'
import { expect, test, unique } from './fixtures.ts'
import { expectFieldProblem, expectProblem, field, form, markDocument, row, state } from './screen.ts'

const create = (page: Page) => form(page, 'Create VE')
const submit = (page: Page) => create(page).getByRole('button', { name: 'Create VE' }).click()

async function openForm(page: Page, name: string): Promise<void> {
  await page.goto(paths.veNew())
  await field(create(page), 'Name').fill(name)
  await field(create(page), 'Host name').fill('ve.example.org')
}

async function anyTemplate(api: Api): Promise<string> {
  const template = (await api.templates()).find(({ name }) => name === 'debian-13')
  if (!template) throw new Error('the panel has no template debian-13')
  return template.id
}

async function addVe(
  api: Api,
  name: string,
  more: { start?: boolean; veid?: number } = {},
): Promise<VeResource> {
  return api.addVe({ name, hostname: 've.example.org', templateId: await anyTemplate(api), ...more })
}

test.describe('the form', () => {
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
    await expect(page.getByRole('region', { name: 'Operations' })).toContainText(`Create ${name}`)
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
      ['CPU cap, percent of one CPU', '0', /At least 1/],
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
    const other = await addVe(api, unique('other'))
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

  test('refuses a host that is full, and says when no host has room', async ({ page }) => {
    await openForm(page, unique('large'))
    await field(create(page), 'Memory').fill('1000 GiB')
    await create(page).getByRole('combobox', { name: 'Host' }).selectOption({ label: 'sim1 (simulated)' })
    await submit(page)
    await expectProblem(
      create(page),
      /The host is full.*1000 GiB memory asked/,
      /Choose another host or a smaller size/,
    )
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

test.describe('a VE', () => {
  test('is stopped, started, killed and destroyed, each seen without a reload', async ({ page, api }) => {
    const ve = await addVe(api, unique('life'), { start: true })
    await page.goto(paths.ve(ve.id))
    const document = await markDocument(page)
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
    await expect(state(page)).toHaveText('Running')
    await expect(page.getByRole('button', { name: 'Destroy…' })).toHaveAttribute('aria-disabled', 'true')
    await expect(page.getByRole('button', { name: 'Destroy…' })).toHaveAccessibleDescription(
      /has to be stopped/,
    )

    await press('Stop')
    await expect(state(page)).toHaveText('Stopped')
    await press('Start')
    await expect(state(page)).toHaveText('Running')
    await press('Force stop')
    await expect(state(page)).toHaveText('Stopped')

    await press('Destroy…')
    const dialog = page.getByRole('dialog', { name: `Destroy ${ve.name}?` })
    await expect(dialog).toContainText(ve.addresses[0] ?? 'an address')
    const confirmation = field(dialog, `Type ${ve.name} to confirm`)
    await expect(confirmation).toBeFocused()
    await confirmation.fill('yes')
    await dialog.getByRole('button', { name: 'Destroy it' }).click()
    await expectFieldProblem(confirmation, /This is not its name/)
    await confirmation.fill(ve.name)
    await dialog.getByRole('button', { name: 'Destroy it' }).click()
    await expect(state(page)).toHaveText('Destroyed')
    await expect(page.getByRole('button', { name: 'Start', exact: true })).toHaveCount(0)
    await document.expectSame()
    expect((await api.get(`/ves?q=${ve.name}`)).body.items).toEqual([])
  })

  test('that cannot be created says what happened, what is left and what next', async ({ page, api }) => {
    const ve = await addVe(api, unique('fail-create'))
    await page.goto(paths.ve(ve.id))
    await expect(state(page)).toHaveText('Failed')
    await expectProblem(page, /could not be made \(simulated\)/, /Read the log of the operation/)
    await page
      .getByRole('main')
      .getByRole('link', { name: `Create ${ve.name}` })
      .click()
    await expect(state(page)).toHaveText('Failed')
    await expectProblem(page, /could not be made/, /What had been begun has been undone/)
    const steps = page.getByRole('list', { name: 'Steps' })
    await expect(steps.getByRole('listitem').first()).toContainText(/Failed|Undone/)
  })

  test('that does not start stays, stopped or failed, with the reason', async ({ page, api }) => {
    const ve = await addVe(api, unique('fail-start'))
    await page.goto(paths.ve(ve.id))
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await expectProblem(page, /The VE did not start/, /the VE stays stopped/)
    await expect(state(page)).toHaveText('Stopped')
  })

  test('whose init dies is shown as stopped without a reload', async ({ page, api }) => {
    const ve = await addVe(api, unique('dies'), { start: true })
    await page.goto(paths.ve(ve.id))
    await expect(state(page)).toHaveText('Running')
    await expect(state(page)).toHaveText('Stopped', { timeout: 25_000 })
  })

  test('that nobody has is a page that says so', async ({ page, tolerate }) => {
    tolerate(/404/)
    await page.goto(paths.ve('0192f0c0-0000-7000-8000-000000000001'))
    await expect(page.getByRole('heading', { name: 'There is no such thing here' })).toBeVisible()
    await page.goto(paths.ve('not-an-id'))
    await expect(page.getByRole('heading', { name: 'There is no such thing here' })).toBeVisible()
  })
})

test.describe('the list', () => {
  test('filters, sorts and pages in its address, which a reload and Back keep', async ({ page, api }) => {
    const mark = unique('list')
    const made = await Promise.all(
      ['a', 'b', 'c'].map(async (letter, index) =>
        api.addVe({
          name: `${mark}-${letter}`,
          hostname: 've.example.org',
          templateId: await anyTemplate(api),
          limits: { memoryBytes: (index + 1) * GIB },
        }),
      ),
    )
    const shown = () => page.getByRole('link', { name: new RegExp(`^${mark}-`) }).allTextContents()
    await page.goto(paths.ves())
    await page.getByRole('searchbox', { name: 'Search VEs' }).fill(mark)
    await expect(page).toHaveURL(new RegExp(`q=${mark}`))
    await expect.poll(shown).toEqual([`${mark}-a`, `${mark}-b`, `${mark}-c`])

    await page.getByRole('columnheader', { name: 'Memory' }).getByRole('link').click()
    await expect(page).toHaveURL(/sort=memoryBytes/)
    await page.getByRole('columnheader', { name: 'Memory' }).getByRole('link').click()
    await expect(page).toHaveURL(/sort=-memoryBytes/)
    await expect.poll(shown).toEqual([`${mark}-c`, `${mark}-b`, `${mark}-a`])

    await page.goto(`${page.url()}&limit=2`)
    await expect.poll(shown).toEqual([`${mark}-c`, `${mark}-b`])
    await expect(page.getByRole('navigation', { name: 'Pages' })).toContainText('1–2 of 3')
    await page.getByRole('link', { name: 'Next page' }).click()
    await expect.poll(shown).toEqual([`${mark}-a`])
    await expect(page.getByRole('navigation', { name: 'Pages' })).toContainText('3–3 of 3')
    await page.reload()
    await expect.poll(shown).toEqual([`${mark}-a`])
    await page.goBack()
    await expect.poll(shown).toEqual([`${mark}-c`, `${mark}-b`])

    await page.getByRole('combobox', { name: 'State' }).selectOption({ label: 'Running' })
    await expect(page).toHaveURL(/state=running/)
    await expect(page.getByText('Nothing matches')).toBeVisible()
    expect(made.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped'])
  })

  test('starts a VE from its row, and the row follows', async ({ page, api }) => {
    const ve = await addVe(api, unique('row'))
    await page.goto(`${paths.ves()}?q=${ve.name}`)
    await expect(row(page, ve.name)).toContainText('Stopped')
    await page.getByRole('button', { name: `Actions on ${ve.name}` }).click()
    await expect(page.getByRole('menuitem', { name: /^Stop/ })).toHaveAttribute('aria-disabled', 'true')
    await page.getByRole('menuitem', { name: 'Start' }).click()
    await expect(row(page, ve.name)).toContainText('Running')
  })
})
