import type { Locator, Page } from '@playwright/test'
import { GIB, KIB, MIB } from '../lib/contract/units.ts'
import { paths } from '../lib/paths.ts'
import { expect, test, unique } from './fixtures.ts'
import { expectFieldProblem, field, form } from './screen.ts'

const limits = (page: Page) => form(page, 'Limits')
const save = (page: Page) => limits(page).getByRole('button', { name: /^Save/ }).click()
/** Two numbers of one parameter. */
const side = (within: Locator, label: string, which: 'barrier' | 'limit') =>
  within.getByRole('textbox', { name: `${label}, ${which}` })

test('the table has all 21 parameters, what they hold, and what each is on this host', async ({
  page,
  api,
}) => {
  const ve = await api.addVe({ name: unique('table'), start: true })
  await page.goto(paths.veResources(ve.id))
  const table = page.getByRole('table', { name: `Beancounters of ${ve.name}` })
  await expect(table.getByRole('row')).toHaveCount(22)
  const files = table.getByRole('row').filter({ hasText: 'numfile' })
  await expect(files).toContainText(/Open files.*[1-9]\d*.*unlimited/)
  const memory = table.getByRole('row').filter({ hasText: 'physpages' })
  await expect(memory.getByRole('meter', { name: 'Memory held' })).toHaveAttribute(
    'aria-valuetext',
    /MiB, barrier 0 B, limit 512 MiB/,
  )

  await expect(table.getByRole('row').nth(1)).toContainText('kmemsize')
  await page.getByRole('link', { name: 'By class' }).click()
  await expect(table.getByRole('row').nth(1)).toContainText('numproc')
})

test('what a word means is told by keyboard too, and Escape hides it', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('tips'), start: true })
  await page.goto(paths.veResources(ve.id))
  const terminals = page.getByRole('row').filter({ hasText: 'numpty' })
  const status = terminals.getByRole('button', { name: 'Enforced' })
  await expect(status).toHaveAccessibleDescription(/More than the limit is refused/)
  const tip = terminals.getByRole('tooltip').filter({ hasText: 'More than the limit' })
  await expect(tip).toBeHidden()
  await status.focus()
  await expect(tip).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(tip).toBeHidden()
})

test('what is changed is set, and nothing else', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('limits'), start: true })
  await page.goto(paths.veResources(ve.id))
  await field(limits(page), 'Memory').fill('1.5 GiB')
  await field(limits(page), 'CPU cap').fill('150')
  await field(limits(page), 'Host CPUs').fill('0-3')
  await field(limits(page), 'Disk grace').fill('12 h')
  await field(limits(page), 'Open files').fill('4096')
  await side(limits(page), 'Locked memory', 'limit').fill('unlimited')
  await save(page)
  await expect
    .poll(async () => (await api.ve(ve.id)).limits)
    .toEqual({
      ...ve.limits,
      memoryBytes: 1.5 * GIB,
      cpuLimitPercent: 150,
      cpuMask: '0-3',
      diskGraceSeconds: 43_200,
      beancounters: {
        ...ve.limits.beancounters,
        numfile: { barrier: 4096, limit: 4096 },
        lockedpages: { ...ve.limits.beancounters.lockedpages, limit: null },
      },
    })
  // The page follows without a reload, and what was typed is no change any more.
  await expect(page.getByRole('row').filter({ hasText: 'numfile' })).toContainText('4,096')
  await save(page)
  await expect(page.getByText('Nothing was changed.')).toBeVisible()
})

test('what cannot be a limit is told at its field, and nothing is changed', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('wrong'), start: true })
  await page.goto(paths.veResources(ve.id))
  const wrong = [
    ['Memory', '256', /That is 256 B: give a unit, such as 256 MiB/],
    ['Swap', '-1', /A size such as 512 MiB/],
    ['Processes', '256M', /A whole number without a unit/],
    ['CPU weight', 'much', /A whole number/],
    ['Disk', '', /Required/],
    ['Disk grace', 'soon', /A time such as 3 d/],
    ['Terminals', '99999999999999999999', /Too large/],
  ] as const
  for (const [label, value] of wrong) await field(limits(page), label).fill(value)
  await side(limits(page), 'Kernel memory', 'barrier').fill('1.5.5M')
  await save(page)
  for (const [label, value, sentence] of wrong) {
    await expectFieldProblem(field(limits(page), label), sentence)
    await expect(field(limits(page), label)).toHaveValue(value)
  }
  await expectFieldProblem(side(limits(page), 'Kernel memory', 'barrier'), /A size such as/)
  await page.reload()

  await field(limits(page), 'Processes').fill('1')
  await field(limits(page), 'Host CPUs').fill('3-1')
  await side(limits(page), 'Locked memory', 'barrier').fill('1 GiB')
  await save(page)
  await expectFieldProblem(field(limits(page), 'Processes'), /At least 16/)
  await expectFieldProblem(field(limits(page), 'Host CPUs'), /Numbers such as 0-3,8/)
  await field(limits(page), 'Processes').fill('1024')
  await field(limits(page), 'Host CPUs').fill('')
  await save(page)
  await expectFieldProblem(side(limits(page), 'Locked memory', 'barrier'), /The barrier is above the limit/)
  expect((await api.ve(ve.id)).limits).toEqual(ve.limits)
})

test('less than it uses now is said with the numbers, and set when it is saved again', async ({
  page,
  api,
}) => {
  const ve = await api.addVe({ name: unique('below'), start: true })
  await page.goto(paths.veResources(ve.id))
  const held = page.getByRole('row').filter({ hasText: 'physpages' }).getByRole('meter')
  await expect(held).toBeVisible()
  await field(limits(page), 'Memory').fill('16 MiB')
  await save(page)
  const warning = limits(page).getByRole('alert')
  await expect(warning).toContainText(/It holds \d+(\.\d)? MiB; 16 MiB is less/)
  await expect(field(limits(page), 'Memory')).toHaveAccessibleDescription(/It holds .* 16 MiB is less/)
  expect((await api.ve(ve.id)).limits.memoryBytes).toBe(512 * MIB)
  await limits(page).getByRole('button', { name: 'Save all the same' }).click()
  await expect.poll(async () => (await api.ve(ve.id)).limits.memoryBytes).toBe(16 * MIB)
})

test('Check says at the fields what does not fit, Fix fills it in', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('check'), start: true })
  await page.goto(paths.veResources(ve.id))
  await limits(page).getByRole('button', { name: 'Check' }).click()
  await expect(limits(page).getByText('The limits fit each other.')).toBeVisible()
  await field(limits(page), 'TCP sockets').fill('1000')
  await side(limits(page), 'TCP send buffers', 'barrier').fill('64 KiB')
  await side(limits(page), 'TCP send buffers', 'limit').fill('64 KiB')
  await expect(limits(page).getByText('1 error: TCP send buffers.')).toBeVisible()
  await expect(side(limits(page), 'TCP send buffers', 'limit')).toHaveAccessibleDescription(
    /Each of 1,000 sockets needs 2.5 KiB/,
  )
  await limits(page).getByRole('button', { name: 'Fix' }).click()
  await expect(limits(page).getByText('The limits fit each other.')).toBeVisible()
  await expect(side(limits(page), 'TCP send buffers', 'limit')).toHaveValue('2564 KiB')
  await save(page)
  await expect
    .poll(async () => (await api.ve(ve.id)).limits.beancounters.tcpsndbuf)
    .toEqual({ barrier: 64 * KIB, limit: 2564 * KIB })
})

test('what counts from the next start is said so at the field, and waits for it', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('later'), start: true })
  await page.goto(paths.veResources(ve.id))
  const signals = limits(page).locator('[data-field="limits.beancounters.numsiginfo"]')
  await expect(signals.getByRole('button', { name: 'at next start' })).toHaveAccessibleDescription(/./)
  await field(limits(page), 'Queued signals').fill('20000')
  await save(page)
  await expect(page.getByText('Some changes wait for a restart')).toBeVisible()
  await page.getByRole('button', { name: 'Restart', exact: true }).click()
  await expect(page.getByText('Some changes wait for a restart')).toHaveCount(0)
})

test('a VE is created with limits of every kind, and with those of a plan', async ({ page, api }) => {
  const plan = unique('plan')
  await api.must(api.post('/plans', { name: plan, limits: { memoryBytes: GIB, processes: 300 } }))
  const name = unique('new')
  await page.goto(paths.veNew())
  const create = form(page, 'Create VE')
  await field(create, 'Name').fill(name)
  await field(create, 'Host name').fill('ve.example.org')
  await create.getByRole('combobox', { name: 'Plan' }).selectOption({ label: `${plan}, version 1` })
  await expect(field(create, 'Memory')).toHaveValue('1 GiB')
  await field(create, 'Processes').fill('400')
  await create.getByText(/^More limits/).click()
  await field(create, 'Open files').fill('many')
  await create.getByRole('button', { name: 'Create VE' }).click()
  await expectFieldProblem(field(create, 'Open files'), /A whole number/)
  await field(create, 'Open files').fill('20000')
  await create.getByRole('button', { name: 'Create VE' }).click()
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  const [made] = (await api.get(`/ves?q=${name}`)).body.items
  expect(made).toMatchObject({
    plan: { name: plan, version: 1 },
    limits: {
      memoryBytes: GIB,
      processes: 400,
      beancounters: { numfile: { barrier: 20_000, limit: 20_000 } },
    },
  })
})

test('the page of a host says what its VEs use and were promised', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('load'), start: true })
  await page.goto(paths.host(ve.host.id))
  const load = page.getByRole('region', { name: 'Load of its VEs' })
  await expect(load.getByRole('meter', { name: 'Memory', exact: true })).toHaveAttribute(
    'aria-valuetext',
    /^(under )?\d+ % used, (under )?\d+ % promised$/,
  )
  await expect(load).toContainText(/oversold/i)
})
