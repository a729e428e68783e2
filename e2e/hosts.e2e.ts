import { paths } from '../lib/paths.ts'
import { expect, test, unique } from './fixtures.ts'
import { besideHeading, expectFieldProblem, expectProblem, field, form, row, state } from './screen.ts'

test.describe('the list', () => {
  test('shows hosts with state and load, and says which are simulated', async ({ page }) => {
    await page.goto(paths.hosts())
    const host = row(page, 'sim1')
    await expect(host).toContainText('Online')
    await expect(host).toContainText('simulated')
    await expect(host).toContainText('x86-64, 16 CPU')
    await expect(host.getByRole('meter', { name: 'Memory promised on sim1' })).toBeVisible()
  })

  test('is searched, filtered and sorted by its address', async ({ page }) => {
    await page.goto(paths.hosts())
    await page.getByRole('searchbox', { name: 'Search hosts' }).fill('sim2')
    await expect(page).toHaveURL(/[?&]q=sim2/)
    await expect(row(page, 'sim2')).toBeVisible()
    await expect(row(page, 'sim1')).toHaveCount(0)
    await page.getByRole('combobox', { name: 'Status' }).selectOption({ label: 'Failed' })
    await expect(page).toHaveURL(/status=failed/)
    await expect(page.getByText('Nothing matches')).toBeVisible()

    await page.goto(`${paths.hosts()}?q=sim&sort=-name`)
    await expect(page.getByRole('columnheader', { name: /Name/ })).toHaveAttribute('aria-sort', 'descending')
    const names = await page.getByRole('link', { name: /^sim[12]$/ }).allTextContents()
    expect(names).toEqual(['sim2', 'sim1'])
  })
})

test('the overview says how full all hosts are together', async ({ page }) => {
  await page.goto('/')
  const load = page.getByRole('region', { name: 'Load of all VEs' })
  await expect(load.getByRole('meter', { name: 'Memory', exact: true })).toBeVisible()
  await expect(load).toContainText(/\d+ % used, (under )?\d+ % promised/)
  await expect(load).toContainText(/oversold/i)
})

test('a host’s page shows facts, capabilities with reasons, and what was done on it', async ({
  page,
  api,
}) => {
  // One of its own: on those of the fleet the enrolment is soon no longer among the latest operations.
  const { name } = await api.addHost({ name: unique('facts'), simulated: true })
  await page.goto(`${paths.hosts()}?q=${name}`)
  await page.getByRole('link', { name, exact: true }).click()
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  await expect(state(page)).toHaveText('Online')
  await expect(besideHeading(page).getByText('simulated', { exact: true })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Facts' })).toContainText('Linux 6.12.0-simulated')
  const abilities = page.getByRole('region', { name: 'What it can do' })
  await expect(
    abilities.getByRole('listitem').filter({ hasText: 'This host is simulated.' }).first(),
  ).toBeVisible()
  await expect(page.getByRole('region', { name: 'Operations', exact: true })).toContainText(`Enrol ${name}`)
})

test.describe('adding a host', () => {
  test('names each field that is wrong, beside the field, and keeps what was typed', async ({ page }) => {
    await page.goto(paths.hostNew())
    const add = form(page, 'Add host')
    await field(add, 'Name').fill('-rf')
    await field(add, 'Address').fill('-oProxyCommand=sh')
    await field(add, 'SSH port').fill('70000')
    await field(add, 'User').fill('Root!')
    await add.getByRole('button', { name: 'Look at host' }).click()
    await expectFieldProblem(field(add, 'Name'), /starts with a letter or digit/)
    await expectFieldProblem(field(add, 'Address'), /An IP address or a DNS name/)
    await expectFieldProblem(field(add, 'SSH port'), /From 1 to 65535/)
    await expectFieldProblem(field(add, 'User'), /A Unix user name/)
    await expect(field(add, 'Name')).toHaveValue('-rf')
    await expect(field(add, 'Address')).toHaveValue('-oProxyCommand=sh')
    await expect(field(add, 'SSH port')).toHaveValue('70000')
    await expect(field(add, 'Name')).toBeFocused()
  })

  test('says when nothing answers, asks for no password, and leads back with what was typed', async ({
    page,
  }) => {
    await page.goto(paths.hostNew())
    const add = form(page, 'Add host')
    const name = unique('closed')
    await field(add, 'Name').fill(name)
    await field(add, 'Address').fill('127.0.0.1')
    await field(add, 'SSH port').fill('1')
    await add.getByRole('button', { name: 'Look at host' }).click()
    await expectProblem(page, /The host refuses the connection/, /Check that sshd runs on that port/)
    await expect(page.getByLabel('Password')).toHaveCount(0)
    await page.getByRole('link', { name: 'Back', exact: true }).click()
    await expect(field(form(page, 'Add host'), 'Name')).toHaveValue(name)
  })

  test('begins at the beginning with an address that skips a step', async ({ page }) => {
    const skipping = new URLSearchParams({ name: 'x', address: '127.0.0.1', port: '22', confirmed: 'yes' })
    await page.goto(`${paths.hostNew()}?${skipping}`)
    await expect(form(page, 'Add host')).toBeVisible()
    await expect(page.getByLabel('Password')).toHaveCount(0)
  })

  test('says beforehand what enrolment changes on the host', async ({ page }) => {
    await page.goto(paths.hostNew())
    const preview = page.getByRole('region', { name: 'What enrolment changes on the host' })
    for (const words of ['The agent, one file', 'key for root', 'quickjs', 'crun', 'mmdebstrap'])
      await expect(preview).toContainText(words)
  })
})

test.describe('a simulated host', () => {
  test('is added from the browser and comes online without a reload', async ({ page }) => {
    const name = unique('sim')
    await page.goto(paths.hostNew())
    await page.getByText('No machine at hand? Add a simulated host').click()
    const add = form(page, 'Add simulated host')
    await field(add, 'Name of the simulated host').fill(name)
    await add.getByRole('button', { name: 'Add simulated host' }).click()
    await expect(page.getByRole('heading', { name: `Enrol ${name}` })).toBeVisible()
    await expect(state(page)).toHaveText('Succeeded')
    await page.getByRole('main').getByRole('link', { name, exact: true }).click()
    await expect(state(page)).toHaveText('Online')
  })

  test('cannot have the name of another', async ({ page }) => {
    await page.goto(paths.hostNew())
    await page.getByText('No machine at hand? Add a simulated host').click()
    const add = form(page, 'Add simulated host')
    await field(add, 'Name of the simulated host').fill('SIM1')
    await add.getByRole('button', { name: 'Add simulated host' }).click()
    await expectFieldProblem(field(add, 'Name of the simulated host'), /Another host has this name/)
  })

  const FAILURES = [
    ['unreachable', /The host cannot be reached/, /Check the address, the port and the firewall/],
    ['refused', /The host refuses the connection/, /Check that sshd runs/],
    ['wrong-password', /does not accept the password or key/, /Check user and password/],
    ['key-changed', /shows another key than the one you confirmed/, /Find out why/],
    ['no-root', /cannot become root/, /Enrol as root/],
    ['old-kernel', /This host is not supported/, /supported distribution and kernel/],
    ['missing-packages', /Packages are missing on the host/, /Install the packages that are named/],
    ['small-disk', /too little disk space/, /Free space/],
    ['old-agent', /agent on the host is of another version/, /Upgrade the agent/],
  ] as const
  for (const [sentinel, happened, next] of FAILURES) {
    test(`that fails to enrol (${sentinel}) says why and what next`, async ({ page, api }) => {
      const { body } = await api.post('/hosts', { name: unique(sentinel), simulated: true })
      await page.goto(paths.host(body.host.id))
      await expect(state(page)).toHaveText('Failed')
      await expectProblem(page, happened, next)
    })
  }

  test('that failed to enrol is enrolled again from its page', async ({ page, api }) => {
    const name = unique('unreachable')
    const { body } = await api.post('/hosts', { name, simulated: true })
    await api.ended(body.operation.id)
    await page.goto(paths.host(body.host.id))
    await page.getByRole('button', { name: 'Enrol again' }).click()
    await expect(page.getByRole('heading', { name: `Enrol ${name}` })).toBeVisible()
    await expect(page).not.toHaveURL(paths.operation(body.operation.id))
    await expect(state(page)).toHaveText('Failed')
    await expectProblem(page, /The host cannot be reached/, /Check the address/)
  })

  test('that holds no VE is removed once its name is typed', async ({ page, api }) => {
    const host = await api.addHost({ name: unique('leaves'), simulated: true })
    await page.goto(paths.host(host.id))
    await page.getByRole('button', { name: 'Remove…' }).click()
    const dialog = page.getByRole('dialog', { name: `Remove ${host.name}?` })
    await field(dialog, `Type ${host.name} to confirm`).fill('something else')
    await dialog.getByRole('button', { name: 'Remove it' }).click()
    await expectFieldProblem(field(dialog, `Type ${host.name} to confirm`), /This is not its name/)
    await field(dialog, `Type ${host.name} to confirm`).fill(host.name)
    await dialog.getByRole('button', { name: 'Remove it' }).click()
    await expect(page.getByRole('heading', { name: `Remove ${host.name}` })).toBeVisible()
    await expect(state(page)).toHaveText('Succeeded')
    await page.goto(`${paths.hosts()}?q=${host.name}`)
    await expect(page.getByText('Nothing matches')).toBeVisible()
  })
})
