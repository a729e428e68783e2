import type { Page } from '@playwright/test'
import { paths } from '../lib/paths.ts'
import type { PlanResource } from '../lib/plans/resource.ts'
import type { Api } from './api.ts'
import { expect, test, unique } from './fixtures.ts'
import { expectFieldProblem, expectProblem, field, form, row } from './screen.ts'

const MIB = 1024 ** 2

const addPlan = (api: Api, limits: object = {}) =>
  api.must<PlanResource>(api.post('/plans', { name: unique('plan'), limits }))
const region = (page: Page, name: string | RegExp) => page.getByRole('region', { name })

async function rollOut(page: Page, version: number): Promise<void> {
  await page.getByRole('button', { name: 'Roll out…' }).click()
  const dialog = page.getByRole('dialog', { name: new RegExp(`^Roll out version ${version} of`) })
  await dialog.getByRole('button', { name: 'Roll out' }).click()
  await expect(region(page, `Roll-out of version ${version}`)).toBeVisible()
}

test('a plan is made, a VE with it, a new version is rolled out, and nothing differs any more', async ({
  page,
  api,
}) => {
  // Six pages and three operations.
  test.setTimeout(120_000)
  const [name, ve] = [unique('plan'), unique('ve')]
  await page.goto(paths.planNew())
  const make = form(page, 'New plan')
  await field(make, 'Name').fill(name)
  await make.getByRole('combobox', { name: 'Begin with' }).selectOption('Small')
  await expect(field(make, 'Memory')).toHaveValue('512 MiB')
  await field(make, 'CPU weight').fill('700')
  await make.getByRole('button', { name: 'Check' }).click()
  await expect(make.getByText('The limits fit each other.')).toBeVisible()
  await make.getByRole('button', { name: 'Save plan' }).click()
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  await expect(region(page, 'Version 1')).toContainText('700')
  await expect(region(page, 'VEs')).toContainText('No VE uses it yet')

  await page.goto(paths.veNew())
  const create = form(page, 'Create VE')
  await field(create, 'Name').fill(ve)
  await field(create, 'Host name').fill('ve.example.org')
  await create.getByRole('combobox', { name: 'Plan' }).selectOption({ label: `${name}, version 1` })
  await create.getByRole('button', { name: 'Create VE' }).click()
  await expect(page.getByRole('link', { name })).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 }).locator('xpath=..').getByRole('status')).toHaveText(
    'Running',
  )
  const vePage = page.url()

  await page.goto(`${paths.plans()}?q=${name}`)
  await page.getByRole('link', { name, exact: true }).click()
  await page.getByRole('link', { name: 'New version' }).click()
  const version = form(page, 'New version')
  await field(version, 'CPU weight').fill('900')
  await field(version, 'Note').fill('More CPU.')
  await version.getByRole('button', { name: 'Save version' }).click()
  await expect(region(page, 'Versions')).toContainText('CPU weight: 700')
  await expect(region(page, 'Versions')).toContainText('More CPU.')
  await expect(row(page, ve)).toContainText('1 (older)')

  await page.goto(`${vePage}/plan`)
  await expect(page.getByText('It has all of its limits. Version 2 is there.')).toBeVisible()
  await page.goBack()
  await rollOut(page, 2)
  await expect(region(page, 'Roll-out of version 2').getByRole('status').first()).toHaveText('Succeeded')
  await expect(region(page, 'Roll-out of version 2')).toContainText('1 of 1 changed')
  await expect(row(page, ve)).not.toContainText('older')
  await row(page, ve)
    .getByRole('link', { name: /differs from its plan in: nothing/ })
    .click()
  await expect(page.getByText('version 2. It has all of its limits.')).toBeVisible()
  const cpu = page.getByRole('row', { name: /^CPU weight/ })
  await expect(cpu).toHaveText(/CPU weight.*900.*900.*Enforced/)
  const { items } = await api.must<{ items: { limits: { cpuUnits: number } }[] }>(api.get(`/ves?q=${ve}`))
  expect(items[0]?.limits.cpuUnits).toBe(900)
})

test('a roll-out stops at the VE that fails, says why, and can be tried again', async ({ page, api }) => {
  const plan = await addPlan(api)
  const ves = [unique('first'), unique('fail-configure'), unique('last')]
  for (const name of ves) await api.addVe({ name, planId: plan.id, start: true })
  await api.must(api.post(`/plans/${plan.id}/versions`, { limits: { cpuUnits: 300 } }))
  await page.goto(paths.plan(plan.id))
  await rollOut(page, 2)
  const progress = region(page, 'Roll-out of version 2')
  await expect(progress.getByRole('status').first()).toHaveText('Failed')
  await expect(progress.getByRole('meter', { name: 'The first VE' })).toHaveAttribute('aria-valuenow', '1')
  await expectProblem(progress, new RegExp(ves[1] as string), /./)
  await expect(progress.getByRole('meter', { name: 'The rest' })).toHaveAttribute('aria-valuenow', '0')
  await expect(row(page, ves[2] as string)).toContainText('older')
  await expect(progress.getByRole('button', { name: 'Retry' })).toBeEnabled()
})

test('what was changed by hand shows, and giving it the plan again sets it back', async ({ page, api }) => {
  const plan = await addPlan(api, { memoryBytes: 256 * MIB })
  const ve = await api.addVe({ name: unique('hand'), planId: plan.id, start: true })
  const changed = await api.must<{ operation: { id: string } }>(
    api.send('PATCH', `/ves/${ve.id}`, { limits: { processes: 77 } }),
  )
  await api.succeeded(changed.operation.id)
  await page.goto(paths.vePlan(ve.id))
  await expect(page.getByText('1 of its limits differs from it.')).toBeVisible()
  await expect(page.getByRole('row', { name: /^Processes/ })).toHaveText(/1,024.*77 differs/)
  await form(page, 'Plan').getByRole('button', { name: 'Give it this plan' }).click()
  await expect(page.getByText('It has all of its limits.')).toBeVisible()
  await form(page, 'Plan').getByRole('combobox', { name: 'Plan' }).selectOption({ label: 'None' })
  await form(page, 'Plan').getByRole('button', { name: 'Give it this plan' }).click()
  await expect(page.getByText('It has no plan: its limits are its own.')).toBeVisible()

  await page.goto(paths.plan(plan.id))
  await page.getByRole('button', { name: 'Remove…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click()
  await expect(page.getByRole('heading', { name: 'Plans', level: 1 })).toBeVisible()
  expect((await api.get(`/plans/${plan.id}`)).status).toBe(404)
})

test('bad input is told beside its field; a plan no host can hold is refused with the reasons', async ({
  page,
  api,
}) => {
  await page.goto(paths.planNew())
  const make = form(page, 'New plan')
  await field(make, 'Memory').fill('lots')
  await make.getByRole('button', { name: 'Save plan' }).click()
  await expectFieldProblem(field(make, 'Memory'), /./)
  await field(make, 'Memory').fill('512M')
  await field(make, 'Name').fill('-rf')
  await field(make, 'Disk, soft').fill('5 GiB')
  await make.getByRole('button', { name: 'Save plan' }).click()
  await expectFieldProblem(field(make, 'Name'), /starts with a letter or digit/)
  await field(make, 'Name').fill(unique('plan'))
  await make.getByRole('button', { name: 'Save plan' }).click()
  await expectFieldProblem(field(make, 'Disk, soft'), /Above the hard limit/)

  const plan = await addPlan(api, { cpus: 99, cpuMask: '0-120' })
  const ve = await api.addVe({ name: unique('plain') })
  const refused = await api.post(`/ves/${ve.id}/plan`, { planId: plan.id })
  expect(refused).toMatchObject({
    status: 409,
    body: { code: 'capability-missing', fields: { 'limits.cpuMask': expect.stringContaining('0-15') } },
  })
  await page.goto(paths.vePlan(ve.id))
  await form(page, 'Plan')
    .getByRole('combobox', { name: 'Plan' })
    .selectOption({ label: `${plan.name}, version 1` })
  await form(page, 'Plan').getByRole('button', { name: 'Give it this plan' }).click()
  await expectProblem(form(page, 'Plan'), /has 16 CPUs/, /./)
  expect((await api.ve(ve.id)).plan).toBeNull()
})
