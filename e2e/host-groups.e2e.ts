import { paths } from '../lib/paths.ts'
import { expect, test, unique } from './fixtures.ts'
import { freeNet } from './nets.ts'
import { field, form } from './screen.ts'

test('a group is made, shown on its host, changed and removed; a host is in one at most', async ({
  page,
  api,
}) => {
  const host = await api.addHost({ name: unique('member'), simulated: true })
  const [first, second] = [unique('rack'), unique('other')]
  await page.goto(paths.hosts())
  await page.getByRole('link', { name: 'Groups', exact: true }).click()
  const group = form(page, 'New group')
  await field(group, 'Name').fill(first)
  await group.getByLabel(host.name).check()
  await group.getByRole('button', { name: 'Make group' }).click()
  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  await expect(row(first)).toContainText(host.name)

  await field(group, 'Name').fill(second)
  await group.getByLabel(host.name).check()
  await group.getByRole('button', { name: 'Make group' }).click()
  await expect(group.getByRole('group', { name: 'Hosts' })).toHaveAccessibleDescription(
    `${host.name} is in the group ${first} already.`,
  )
  await group.getByLabel(host.name).uncheck()
  await group.getByRole('button', { name: 'Make group' }).click()
  await expect(row(second)).toContainText('none')

  await page.goto(paths.host(host.id))
  await page.getByRole('region', { name: 'Facts' }).getByRole('link', { name: first }).click()
  await row(second).getByRole('button', { name: 'Remove…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click()
  await expect(row(second)).toHaveCount(0)

  await row(first).getByRole('button', { name: 'Change…' }).click()
  const change = form(page, `Change ${first}`)
  await field(change, 'Name').fill(`${first}-b`)
  await change.getByRole('button', { name: 'Change group' }).click()
  await expect(row(`${first}-b`)).toContainText(host.name)
})

test('a group that a pool is bound to stays; the pool names it', async ({ page, api }) => {
  const name = unique('bound')
  const { id } = await api.must<{ id: string }>(api.post('/host-groups', { name, hostIds: [] }))
  await page.goto(paths.addresses())
  const pool = form(page, 'New pool')
  const poolName = unique('grouped')
  await field(pool, 'Name').fill(poolName)
  await field(pool, 'Prefix').fill(`${freeNet()}.0/24`)
  await pool.getByText('Serves every host', { exact: true }).click()
  await pool.getByRole('group', { name: 'Groups of hosts' }).getByLabel(name).check()
  await pool.getByRole('button', { name: 'Make pool' }).click()
  await expect(page.getByRole('table', { name: 'Address pools' })).toContainText(poolName)
  const { body } = await api.get(`/ip-pools?q=${poolName}`)
  expect(body.items[0].groups).toEqual([{ id, name }])
  await page.goto(`${paths.hostGroups()}?q=${name}`)
  const row = page.getByRole('row').filter({ hasText: name })
  await expect(row).toContainText(poolName)
  await expect(row.getByRole('button', { name: 'Remove…' })).toHaveAccessibleDescription(
    'Address pools are bound to it.',
  )
})
