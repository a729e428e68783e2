import type { Page } from '@playwright/test'
import { paths } from '../lib/paths.ts'
import { expect, test, unique } from './fixtures.ts'
import { expectFieldProblem, field, form } from './screen.ts'

const rules = (page: Page) => page.getByRole('list', { name: 'Rules, in order' }).getByRole('listitem')
const addRule = (page: Page) => page.getByRole('button', { name: 'Add rule', exact: true }).click()
const save = (page: Page) => page.getByRole('button', { name: 'Save rule set' }).click()

test('a rule set: what is wrong shown at its rule, kept in the order it was given', async ({ page, api }) => {
  const name = unique('set')
  await page.goto(paths.firewallSets())
  await page.getByRole('link', { name: 'New rule set' }).click()
  const set = form(page, 'Rule set')
  await field(set, 'Name').fill(name)
  for (let count = 0; count < 3; count += 1) await addRule(page)
  await field(rules(page).nth(0), 'Ports').fill('80 443')
  await field(rules(page).nth(0), 'Comment').fill('web')
  await field(rules(page).nth(1), 'Ports').fill('22')
  await field(rules(page).nth(1), 'From').fill('192.0.2.300')
  await rules(page).nth(2).getByRole('combobox', { name: 'Protocol' }).selectOption({ label: 'ICMP' })
  await save(page)
  await expectFieldProblem(field(rules(page).nth(1), 'From'), /Entry 1: /)
  await expect(field(rules(page).nth(0), 'Ports')).not.toHaveAttribute('aria-invalid', 'true')
  await field(rules(page).nth(1), 'From').fill('192.0.2.0/24')
  await page.getByRole('button', { name: 'Move rule 3 up' }).click()
  await page.getByRole('button', { name: 'Move rule 2 up' }).click()
  await page.getByRole('button', { name: 'Remove rule 2' }).click()
  await save(page)
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  const { body } = await api.get(`/firewall-sets?q=${name}`)
  expect(body.items[0].rules).toMatchObject([
    { protocol: 'icmp' },
    { protocol: 'tcp', ports: ['22'], peers: ['192.0.2.0/24'] },
  ])
})

test('a rule set is used in a VE; a change of it reaches the VE; then it cannot be removed', async ({
  page,
  api,
}) => {
  const name = unique('shared')
  const rule = { direction: 'in', action: 'accept', protocol: 'tcp', peers: [], ports: ['443'], comment: '' }
  const { id } = await api.must<{ id: string }>(api.post('/firewall-sets', { name, rules: [rule] }))
  const ve = await api.addVe({ name: unique('uses'), start: true })
  await page.goto(paths.veFirewall(ve.id))
  await page.getByLabel('Filter the VE’s traffic').check()
  await page.getByLabel('Incoming that no rule fits').selectOption('drop')
  await addRule(page)
  await field(rules(page).nth(0), 'Ports').fill('22')
  await page.getByRole('button', { name: 'Add rule set' }).click()
  await rules(page)
    .nth(1)
    .getByRole('combobox')
    .selectOption({ label: `${name} (1 rule)` })
  await page.getByRole('button', { name: 'Move rule 2 up' }).click()
  await page.getByRole('button', { name: 'Save firewall' }).click()
  const entries = async () => (await api.get(`/ves/${ve.id}/firewall`)).body.entries
  await expect.poll(entries).toMatchObject([{ setId: id }, { rule: { ports: ['22'] } }])

  await page.goto(paths.firewallSet(id))
  await expect(page.getByText('1 VE refers to it. A change reaches it at once.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Remove…' })).toHaveAttribute('aria-disabled', 'true')
  await field(rules(page).nth(0), 'Ports').fill('443 8443')
  await save(page)
  await expect
    .poll(async () => (await api.get(`/operations?q=${ve.name}`)).body.items.length)
    .toBeGreaterThanOrEqual(3)
  await expect(field(rules(page).nth(0), 'Ports')).toHaveValue('443 8443')

  await page.goto(paths.veFirewall(ve.id))
  await page.getByRole('button', { name: 'Remove rule 1' }).click()
  await page.getByRole('button', { name: 'Save firewall' }).click()
  await expect.poll(entries).toMatchObject([{ rule: { ports: ['22'] } }])
  await page.goto(paths.firewallSet(id))
  await page.getByRole('button', { name: 'Remove…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click()
  await expect(page).toHaveURL(paths.firewallSets())
})

test('what the kernel refuses is shown at the rule, and what was typed stays', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('fail-firewall'), start: true })
  await page.goto(paths.veFirewall(ve.id))
  await page.getByLabel('Filter the VE’s traffic').check()
  await addRule(page)
  await field(rules(page).nth(0), 'Ports').fill('25')
  await page.getByRole('button', { name: 'Save firewall' }).click()
  await expect(rules(page).nth(0).getByRole('alert')).toHaveText('The kernel refuses this rule (simulated).')
  await expect(field(rules(page).nth(0), 'Ports')).toHaveValue('25')
  expect((await api.get(`/ves/${ve.id}/firewall`)).body).toMatchObject({ enabled: false, entries: [] })
  // Asked again it is asked anew, and refused anew.
  await page.getByRole('button', { name: 'Save firewall' }).click()
  await expect
    .poll(async () => (await api.get(`/operations?q=${ve.name}&status=failed`)).body.items.length)
    .toBe(2)
})
