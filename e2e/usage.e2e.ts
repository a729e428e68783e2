import type { Page } from '@playwright/test'
import { MIB } from '../lib/contract/units.ts'
import { paths } from '../lib/paths.ts'
import { expect, test, unique } from './fixtures.ts'
import { expectFieldProblem, field, form } from './screen.ts'

const GRAPHS = ['CPU, percent of one', 'Memory', 'Network', 'Processes', 'Disk', 'Files and directories']

test('graphs of an hour to a year', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('graphs'), start: true })
  await page.goto(paths.veUsage(ve.id))
  const ranges = page.getByRole('navigation', { name: 'Time shown' })
  for (const range of ['Hour', 'Week', 'Month', 'Year', 'Day']) {
    await ranges.getByRole('link', { name: range, exact: true }).click()
    await expect(ranges.getByRole('link', { name: range, exact: true })).toHaveAttribute(
      'aria-current',
      'true',
    )
    for (const title of GRAPHS) await expect(page.getByRole('figure', { name: title })).toBeVisible()
  }
})

test('what a limit refused is told in words, and the proposed limits are set by one press', async ({
  page,
  api,
}) => {
  const ve = await api.addVe({ name: unique('hits-limits'), start: true, limits: { processes: 64 } })
  await page.goto(paths.veUsage(ve.id))
  const event = page.getByRole('article').last()
  await expect(async () => {
    await page.reload()
    await expect(event).toBeVisible({ timeout: 1000 })
  }).toPass()
  await expect(event).toContainText('Refused 7 times')
  await expect(event).toContainText('No further process could be started: processes, 64 of at most 64')
  // The figures of the graph, by keyboard.
  const moment = event.getByRole('slider', { name: 'Processes in the minute before: moment' })
  await expect(moment).toHaveAttribute('aria-valuetext', /^\d\d:\d\d:\d\d: Held 64$/)
  const last = Number(await moment.getAttribute('aria-valuenow'))
  await moment.focus()
  await page.keyboard.press('ArrowLeft')
  await expect(moment).toHaveAttribute('aria-valuenow', String(last - 1))
  await page.keyboard.press('Home')
  await expect(moment).toHaveAttribute('aria-valuenow', '0')
  await expect(event.getByRole('row').filter({ hasText: 'worker (simulated)' })).toContainText('58')
  await expect(event).toContainText('Processes 64 → 80')
  await event.getByRole('button', { name: 'Apply the proposed limits' }).click()
  await expect.poll(async () => (await api.ve(ve.id)).limits.processes).toBe(80)
  await expect(event).toContainText('Nothing to propose')
})

const owners = (page: Page) => page.getByRole('table', { name: 'Users and groups inside' })

test('quota: the VE as a whole, and users and groups inside', async ({ page, api }) => {
  const limits = { quotaOwners: 100, diskSoftBytes: 1024 * MIB }
  const ve = await api.addVe({ name: unique('quota'), start: true, limits })
  await page.goto(paths.veQuota(ve.id))
  const whole = page.getByRole('region', { name: 'The VE as a whole' })
  await expect(whole.getByRole('meter', { name: 'Space' })).toHaveAttribute('aria-valuetext', /of 4 GiB/)
  await expect(whole).toContainText('1 GiB')

  await page.getByRole('button', { name: 'Count now' }).click()
  const alice = owners(page).getByRole('row').filter({ hasText: 'alice' }).filter({ hasText: 'user' })
  await expect(alice).toContainText('212 MiB of 256 MiB')
  await expect(alice).toContainText('space: until')

  const bob = owners(page).getByRole('row').filter({ hasText: 'bob' }).filter({ hasText: 'user' })
  await bob.getByRole('button', { name: 'Change limits of user bob' }).click()
  const dialog = page.getByRole('dialog', { name: 'Limits of user bob' })
  await field(dialog, 'Space, soft').fill('2 GiB')
  await field(dialog, 'Space, hard').fill('1 GiB')
  await field(dialog, 'Files, hard').fill('5K')
  await dialog.getByRole('button', { name: 'Set limits' }).click()
  await expectFieldProblem(field(dialog, 'Files, hard'), /A whole number/)
  await field(dialog, 'Files, hard').fill('5000')
  await dialog.getByRole('button', { name: 'Set limits' }).click()
  await expectFieldProblem(field(dialog, 'Space, soft'), /Above the hard limit/)
  await field(dialog, 'Space, soft').fill('')
  await dialog.getByRole('button', { name: 'Set limits' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(bob).toContainText('37 MiB of 1 GiB')
  await expect(bob).toContainText('512 of 5,000')
})

test('quota of a user who is not there is refused at the field; grace is set for all', async ({
  page,
  api,
}) => {
  const ve = await api.addVe({ name: unique('grace'), start: true, limits: { quotaOwners: 100 } })
  await page.goto(paths.veQuota(ve.id))
  const one = form(page, 'Limits of a user or group')
  await field(one, 'Name or number').fill('mallory')
  await field(one, 'Space, hard').fill('1 GiB')
  await one.getByRole('button', { name: 'Set limits' }).click()
  await expectFieldProblem(field(one, 'Name or number'), /There is no user mallory/)
  await field(one, 'Name or number').fill('70000')
  await one.getByRole('button', { name: 'Set limits' }).click()
  await expectFieldProblem(field(one, 'Name or number'), /At most 65535/)

  await page.getByRole('button', { name: 'Count now' }).click()
  const grace = form(page, 'Grace of users')
  await field(grace, 'Space of users').fill('3 d')
  await grace.getByRole('button', { name: 'Set grace of users' }).click()
  await expect
    .poll(async () => (await api.get(`/ves/${ve.id}/quota`)).body.grace.user.bytesSeconds)
    .toBe(259_200)
})

test('a VE that counts nobody says so, and why', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('nobody'), start: true })
  await page.goto(paths.veQuota(ve.id))
  await expect(page.getByText('They are not counted now')).toBeVisible()
  const count = page.getByRole('button', { name: 'Count now' })
  await expect(count).toHaveAttribute('aria-disabled', 'true')
  await expect(count).toHaveAccessibleDescription(/its limit of counted owners is 0/)
})
