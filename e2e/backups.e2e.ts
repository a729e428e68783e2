import type { Locator, Page } from '@playwright/test'
import { paths } from '../lib/paths.ts'
import { expectAccessible } from './accessibility.ts'
import type { Api } from './api.ts'
import { expect, test, unique } from './fixtures.ts'
import { expectFieldProblem, field, markDocument, state } from './screen.ts'

const choice = (within: Page | Locator, name: string) => within.getByRole('combobox', { name, exact: true })

const row = (page: Page) =>
  page
    .getByRole('table', { name: /^Backups of/ })
    .getByRole('row')
    .nth(1)

/** On the host of the VE, which has one store by this time, or more. */
async function store(api: Api, hostId: string) {
  const name = unique('store')
  const { body } = await api.post('/backup-stores', { name, hostId, path: `/vz/${name}` })
  await api.succeeded(body.operation.id)
  return body.store as { id: string; name: string }
}

async function backUp(api: Api, veId: string, storeId: string) {
  const { body } = await api.post(`/ves/${veId}/backups`, { storeId })
  await api.succeeded(body.operation.id)
  return body.backup.id as string
}

test('a store is named, a VE is backed up, verified, restored, and the backup deleted', async ({
  page,
  api,
}) => {
  const ve = await api.addVe({ name: unique('bak'), start: true })
  await page.goto(paths.backups())
  const name = unique('store')
  await field(page, 'Name').fill(name)
  await choice(page, 'Host').selectOption({ label: ve.host.name })
  await field(page, 'Directory').fill('backup')
  await page.getByRole('button', { name: 'Make store' }).click()
  await expectFieldProblem(field(page, 'Directory'), /An absolute path/)
  await field(page, 'Directory').fill(`/vz/${name}`)
  await page.getByRole('button', { name: 'Make store' }).click()
  const made = page.getByRole('row').filter({ hasText: name })
  await expect(made).toContainText('Ready')
  await expect(made).toContainText('GiB')
  await expectAccessible(page, 'stores')

  await page.goto(paths.veBackups(ve.id))
  const document = await markDocument(page)
  await expect(page.getByText('No backups yet')).toBeVisible()
  await expectAccessible(page, 'no backups yet')
  await page.getByRole('button', { name: 'Back up now…' }).click()
  const dialog = page.getByRole('dialog', { name: `Back up ${ve.name}` })
  await choice(dialog, 'Store').selectOption({ label: name })
  await dialog.getByRole('button', { name: 'Back it up' }).click()
  await expect(dialog).toBeHidden()
  await expect(row(page)).toContainText('Ready')
  await expect(row(page)).toContainText('MiB')
  await expect(row(page)).toContainText('when it was written')
  await expect(state(page)).toHaveText('Running')

  await row(page).getByRole('button', { name: 'Verify' }).click()
  await expect(row(page)).not.toContainText('when it was written')

  await row(page).getByRole('button', { name: 'Restore…' }).click()
  const restoring = page.getByRole('dialog', { name: `Restore ${ve.name}?` })
  await expect(restoring).toContainText('Everything that was written to it since is lost')
  await expect(restoring.getByRole('checkbox', { name: /Start it afterwards/ })).toBeChecked()
  await expectAccessible(page, 'restoring one')
  await restoring.getByRole('button', { name: 'Restore it' }).click()
  await expect(row(page)).toContainText('restored')
  await expect(state(page)).toHaveText('Running')

  await row(page).getByRole('button', { name: 'Delete…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete it' }).click()
  await expect(page.getByText('No backups yet')).toBeVisible()
  await document.expectSame()
})

test('a destroyed VE is made again of its backup', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('lost') })
  const { id: storeId } = await store(api, ve.host.id)
  await backUp(api, ve.id, storeId)
  const { body } = await api.delete(`/ves/${ve.id}`)
  await api.succeeded(body.operation.id)
  await page.goto(`${paths.backups()}?q=${ve.name}`)
  await expect(page.getByRole('row').filter({ hasText: ve.name })).toContainText('destroyed')
  await page.getByRole('link', { name: ve.name }).click()
  await expect(row(page)).toContainText('Ready')
  await expect(page.getByRole('button', { name: 'Restore…' })).toHaveCount(0)
  await row(page).getByRole('button', { name: 'New VE…' }).click()
  const dialog = page.getByRole('dialog', { name: `Make a VE of the backup of ${ve.name}` })
  await expect(field(dialog, 'Name')).toHaveValue(ve.name)
  await expectAccessible(page, 'making one again')
  await dialog.getByRole('button', { name: 'Make it' }).click()
  await page.waitForURL((url) => /^\/ves\/[0-9a-f-]+$/.test(url.pathname) && !url.pathname.endsWith(ve.id))
  await expect(state(page)).toHaveText('Running', { timeout: 20_000 })
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(ve.name)
})

test('a schedule is saved, shown again, and taken away', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('nightly') })
  await store(api, ve.host.id)
  await page.goto(paths.veBackups(ve.id))
  const form = page.getByRole('form', { name: 'Schedule of backups' })
  await choice(form, 'Taken').selectOption({ label: 'every Sunday' })
  await choice(form, 'Hour').selectOption('4')
  await field(form, 'Keep').fill('0')
  await form.getByRole('button', { name: 'Save the schedule' }).click()
  await expectFieldProblem(field(form, 'Keep'), /At least 1/)
  await field(form, 'Keep').fill('2')
  await form.getByRole('button', { name: 'Save the schedule' }).click()
  await expect(page.getByText(/^Next/)).toBeVisible()
  await page.reload()
  await expect(choice(form, 'Taken')).toHaveValue('0')
  await expect(choice(form, 'Hour')).toHaveValue('4')
  const { body } = await api.get(`/ves/${ve.id}/backup-schedule`)
  expect(body.schedule).toMatchObject({ every: 'week', weekday: 0, hour: 4, keep: 2 })
  await choice(form, 'Taken').selectOption({ label: 'never by itself' })
  await form.getByRole('button', { name: 'Save the schedule' }).click()
  await expect(page.getByText(/^Next/)).toHaveCount(0)
})

test('what cannot be taken says why in the list', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('fail-backup') })
  await store(api, ve.host.id)
  await page.goto(paths.veBackups(ve.id))
  await page.getByRole('button', { name: 'Back up now…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Back it up' }).click()
  await expect(row(page)).toContainText('could not be packed (simulated)')
  await expect(row(page).getByRole('button', { name: 'Restore…' })).toHaveAccessibleDescription(
    'It was never taken.',
  )
})
