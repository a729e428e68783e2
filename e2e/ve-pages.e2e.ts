import { paths } from '../lib/paths.ts'
import { expect, test, unique } from './fixtures.ts'
import { freeNet } from './nets.ts'
import { expectFieldProblem, field, more, state } from './screen.ts'

test('settings: what it is called, when it boots and its traffic are kept', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('settings'), start: true })
  await page.goto(paths.veSettings(ve.id))
  const about = page.getByRole('form', { name: 'About it' })
  await field(about, 'Description').fill('Shop of Example Ltd')
  await field(about, 'Tags').fill('shop prod')
  await field(about, 'Notes').fill('Call Anna first.')
  await about.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  // The form stays: what is sent next is something new.
  await field(about, 'Notes').fill('Call Anna first, then Ben.')
  await about.getByRole('button', { name: 'Save' }).click()
  await expect.poll(async () => (await api.ve(ve.id)).notes).toBe('Call Anna first, then Ben.')
  await expect(about.getByRole('alert')).toHaveCount(0)

  const boot = page.getByRole('form', { name: 'When its host boots' })
  await field(boot, 'Boot order').fill('10000')
  await boot.getByRole('button', { name: 'Save' }).click()
  await expectFieldProblem(field(boot, 'Boot order'), /From 0 to 9999/)
  await field(boot, 'Boot order').fill('7')
  await boot.getByRole('button', { name: 'Save' }).click()

  const traffic = page.getByRole('form', { name: 'Monthly traffic' })
  await field(traffic, 'Limit').fill('lots')
  await traffic.getByRole('button', { name: 'Save' }).click()
  await expectFieldProblem(field(traffic, 'Limit'), /./)
  await field(traffic, 'Limit').fill('500 GiB')
  await traffic.getByRole('button', { name: 'Save' }).click()

  await expect
    .poll(async () => (await api.get(`/ves/${ve.id}`)).body)
    .toMatchObject({
      description: 'Shop of Example Ltd',
      tags: ['shop', 'prod'],
      notes: 'Call Anna first, then Ben.',
      bootOrder: 7,
      traffic: { limitBytes: 500 * 2 ** 30 },
    })
})

test('a host name that systems would choke on is refused at its field; a good one goes to the host', async ({
  page,
  api,
}) => {
  const ve = await api.addVe({ name: unique('names'), start: true })
  await page.goto(paths.veSettings(ve.id))
  const guest = page.getByRole('form', { name: 'What it calls itself' })
  await field(guest, 'Host name').fill('web.42')
  await guest.getByRole('button', { name: 'Change names' }).click()
  await expectFieldProblem(field(guest, 'Host name'), /digits alone/)
  await field(guest, 'Host name').fill('web42.example.org')
  await guest.getByRole('button', { name: 'Change names' }).click()
  await expect.poll(async () => (await api.get(`/ves/${ve.id}`)).body.hostname).toBe('web42.example.org')
})

test('an interface is added, changed and taken away, each seen without a reload', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('net'), start: true })
  await page.goto(paths.veNetwork(ve.id))
  const add = page.getByRole('form', { name: 'Add an interface' })
  await field(add, 'Name inside').fill('eth0')
  await add.getByRole('button', { name: 'Add interface' }).click()
  await expectFieldProblem(field(add, 'Name inside'), /./)
  await field(add, 'Name inside').fill('lan0')
  await field(add, 'Rate out, Mbit/s').fill('20')
  await add.getByRole('button', { name: 'Add interface' }).click()
  const row = page.getByRole('row').filter({ hasText: 'lan0' })
  await expect(row).toContainText('unlimited, 20 Mbit/s')
  await expect(row).not.toContainText('on its way')

  await row.getByRole('button', { name: 'Change…' }).click()
  const change = page.getByRole('dialog', { name: 'Change lan0' })
  await field(change, 'Rate in, Mbit/s').fill('50')
  await change.getByRole('button', { name: 'Change it' }).click()
  await expect(row).toContainText('50 Mbit/s, 20 Mbit/s')

  await row.getByRole('button', { name: 'Remove…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Take it away' }).click()
  await expect(row).toHaveCount(0)
})

test('a second default route is refused at its field; without one the interface is added', async ({
  page,
  api,
}) => {
  const [net, name] = [freeNet(), unique('lan')]
  const bridge = { kind: 'bridged', bridge: 'br0', gateway: `${net}.1` }
  await api.must(api.post('/ip-pools', { name, cidr: `${net}.0/24`, ...bridge }))
  const ve = await api.addVe({ name: unique('routes'), start: true })
  await page.goto(paths.veNetwork(ve.id))
  const add = page.getByRole('form', { name: 'Add an interface' })
  await add.getByRole('combobox', { name: 'Kind' }).selectOption({ label: 'Bridged' })
  await add.getByRole('combobox', { name: 'Pool' }).selectOption({ label: `${name}: ${net}.0/24 on br0` })
  await field(add, 'IPv4 gateway').fill(`${net}.1`)
  await add.getByRole('button', { name: 'Add interface' }).click()
  await expectFieldProblem(field(add, 'IPv4 gateway'), /default route of IPv4 leads through eth0 already/)
  await field(add, 'IPv4 gateway').fill('203.0.113.1')
  await add.getByRole('button', { name: 'Add interface' }).click()
  await expectFieldProblem(field(add, 'IPv4 gateway'), /Not on a network of this interface/)
  await field(add, 'IPv4 gateway').fill('-')
  await add.getByRole('button', { name: 'Add interface' }).click()
  const row = page.getByRole('row').filter({ hasText: `${net}.2` })
  await expect(row).toContainText('eth1')
  await expect(row).toContainText('none')
  await expect(row).toContainText('on br0')
})

test('the firewall: rules in order, what is wrong shown at the rule', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('fire'), start: true })
  await page.goto(paths.veFirewall(ve.id))
  await page.getByLabel('Filter the VE’s traffic').check()
  await page.getByLabel('Incoming that no rule fits').selectOption('drop')
  await page.getByRole('button', { name: 'Add rule', exact: true }).click()
  await page.getByRole('button', { name: 'Add rule', exact: true }).click()
  const rules = page.getByRole('list', { name: 'Rules, in order' }).getByRole('listitem')
  await field(rules.nth(0), 'Ports').fill('99999')
  await field(rules.nth(1), 'Ports').fill('22')
  await page.getByRole('button', { name: 'Save firewall' }).click()
  await expectFieldProblem(field(rules.nth(0), 'Ports'), /1 to 65535/)
  await field(rules.nth(0), 'Ports').fill('80 443')
  await page.getByRole('button', { name: 'Move rule 2 up' }).click()
  await page.getByRole('button', { name: 'Save firewall' }).click()
  const firewall = async () => (await api.get(`/ves/${ve.id}/firewall`)).body
  await expect.poll(firewall).toMatchObject({
    enabled: true,
    policyIn: 'drop',
    entries: [{ rule: { ports: ['22'] } }, { rule: { ports: ['80', '443'] } }],
  })
})

test('features and devices: a device in use is refused, a feature waits for a restart', async ({
  page,
  api,
}) => {
  const ve = await api.addVe({ name: unique('dev'), start: true })
  await page.goto(paths.veDevices(ve.id))
  const devices = page.getByRole('form', { name: 'Devices of its host' })
  await devices.getByRole('button', { name: 'Add device' }).click()
  const device = devices.getByRole('combobox', { name: 'Device', exact: true })
  await device.fill('/dev/vda1')
  await expect(device).toHaveAccessibleDescription('block, 100 GiB, in use: mounted on /')
  await devices.getByRole('button', { name: 'Save devices' }).click()
  await expectFieldProblem(device, /is in use: mounted on/)
  await device.fill('/dev/ttyS1')
  await devices.getByRole('combobox', { name: 'Access' }).selectOption({ label: 'Read only' })
  await devices.getByRole('button', { name: 'Save devices' }).click()
  await expect
    .poll(async () => (await api.get(`/ves/${ve.id}`)).body.devices)
    .toEqual([{ path: '/dev/ttyS1', access: 'r' }])
  await devices.getByRole('button', { name: 'Add network device' }).click()
  await devices.getByRole('combobox', { name: 'Network device' }).fill('eth1')
  await field(devices, 'Name inside').fill('eth0')
  await devices.getByRole('button', { name: 'Save devices' }).click()
  await expectFieldProblem(field(devices, 'Name inside'), /Another interface of the VE has this name/)
  await field(devices, 'Name inside').fill('dmz0')
  await devices.getByRole('button', { name: 'Remove block and character devices 1' }).click()
  await devices.getByRole('button', { name: 'Save devices' }).click()
  await expect
    .poll(async () => api.ve(ve.id))
    .toMatchObject({ devices: [], networkDevices: [{ device: 'eth1', ifname: 'dmz0' }] })

  const features = page.getByRole('form', { name: 'Features' })
  await features.getByLabel('TUN/TAP').check()
  await features.getByRole('button', { name: 'Save features' }).click()
  await expect(page.getByText('Some changes wait for a restart')).toBeVisible()
  await page.getByRole('button', { name: 'Restart', exact: true }).click()
  await expect(page.getByText('Some changes wait for a restart')).toHaveCount(0)
})

test('suspended it does not start, with the reason; lifted it runs again', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('suspend'), start: true })
  await page.goto(paths.ve(ve.id))
  await more(page, ve.name, 'Suspend…')
  const dialog = page.getByRole('dialog', { name: `Suspend ${ve.name}` })
  await field(dialog, 'Note').fill('Invoice 17')
  await dialog.getByRole('button', { name: 'Suspend it' }).click()
  await expect(state(page)).toHaveText('Stopped')
  await expect(page.getByText('Suspended: payment')).toBeVisible()
  await expect(page.getByText('Invoice 17')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toHaveAttribute(
    'aria-disabled',
    'true',
  )
  const refused = await api.post(`/ves/${ve.id}/start`)
  expect(refused.body).toMatchObject({ code: 've-suspended' })
  await page.goto(`${paths.ves()}?q=${ve.name}`)
  await expect(page.getByRole('row').filter({ hasText: ve.name })).toContainText('suspended: payment')
  await page.goto(paths.ve(ve.id))
  await more(page, ve.name, 'Lift suspension')
  await expect(state(page)).toHaveText('Running')
})

test('rescue: a small system in its place, and back to its own disk', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('rescue') })
  await page.goto(paths.ve(ve.id))
  await more(page, ve.name, 'Start in rescue…')
  await page.getByRole('dialog').getByRole('button', { name: 'Start in rescue' }).click()
  await expect(page.getByText('It runs in rescue')).toBeVisible()
  await more(page, ve.name, 'End rescue')
  await expect(page.getByText('It runs in rescue')).toHaveCount(0)
  await expect(state(page)).toHaveText('Running')
})
