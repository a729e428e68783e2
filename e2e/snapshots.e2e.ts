import type { Page } from '@playwright/test'
import { GIB } from '../lib/contract/units.ts'
import { paths } from '../lib/paths.ts'
import type { SnapshotResource } from '../lib/snapshots/resource.ts'
import { expectAccessible } from './accessibility.ts'
import type { Api } from './api.ts'
import { expect, test, unique } from './fixtures.ts'
import { expectFieldProblem, field, markDocument, state } from './screen.ts'

const snapshotRow = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name })

const takeButton = (page: Page) => page.getByRole('button', { name: 'Take a snapshot…' })

async function take(api: Api, veId: string, input: { name: string; memory?: boolean }) {
  const { body } = await api.post(`/ves/${veId}/snapshots`, input)
  await api.ended(body.operation.id)
  return body.snapshot as SnapshotResource
}

async function openRollback(page: Page, snapshot: string) {
  await snapshotRow(page, snapshot).getByRole('button', { name: 'Roll back…' }).click()
  return page.getByRole('dialog', { name: new RegExp(`back to “${snapshot}”`) })
}

test('a snapshot is taken, gone back to and deleted, each seen without a reload', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('snap'), start: true })
  await page.goto(paths.veSnapshots(ve.id))
  const document = await markDocument(page)
  await expect(page.getByText('No snapshots yet')).toBeVisible()
  await expectAccessible(page, 'no snapshots yet')

  await takeButton(page).click()
  const dialog = page.getByRole('dialog', { name: `Take a snapshot of ${ve.name}` })
  await expect(field(dialog, 'Name')).toBeFocused()
  await field(dialog, 'Name').fill('')
  await dialog.getByRole('button', { name: 'Take it' }).click()
  await expectFieldProblem(field(dialog, 'Name'), /Give it a name/)
  await field(dialog, 'Name').fill('before the upgrade')
  await field(dialog, 'Description').fill('Everything works.')
  await dialog.getByRole('checkbox', { name: /Keep its memory too/ }).check()
  await expectAccessible(page, 'taking one')
  await dialog.getByRole('button', { name: 'Take it' }).click()
  await expect(dialog).toBeHidden()
  const row = snapshotRow(page, 'before the upgrade')
  await expect(row).toContainText('Ready')
  await expect(row).toContainText('disk and memory')
  await expect(row).toContainText('Everything works.')
  await expect(row).toContainText('MiB')
  await expect(state(page)).toHaveText('Running')

  const rollback = await openRollback(page, 'before the upgrade')
  await expect(rollback).toContainText(/Everything that was written to it since is lost/)
  await expect(rollback).toContainText('It is stopped first')
  await expect(rollback).toContainText('Its programs go on where they were then')
  await expect(rollback.getByRole('checkbox', { name: /Resume it afterwards/ })).toBeChecked()
  await expectAccessible(page, 'going back to one')
  await rollback.getByRole('button', { name: 'Roll it back' }).click()
  const steps = page.getByRole('list', { name: 'Steps' })
  await expect(steps.getByRole('listitem')).toHaveCount(6)
  await expect(row).toContainText('rolled back to')
  await expect(steps).toHaveCount(0)
  await expect(state(page)).toHaveText('Running')

  await row.getByRole('button', { name: 'Delete…' }).click()
  const deletion = page.getByRole('dialog', { name: 'Delete “before the upgrade”?' })
  await deletion.getByRole('button', { name: 'Delete it' }).click()
  await expect(page.getByText('No snapshots yet')).toBeVisible()
  await document.expectSame()
})

test('gone back to without a start, what has memory waits hibernated', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('snap'), start: true })
  await take(api, ve.id, { name: 'awake', memory: true })
  await page.goto(paths.veSnapshots(ve.id))
  const rollback = await openRollback(page, 'awake')
  await rollback.getByRole('checkbox', { name: /Resume it afterwards/ }).uncheck()
  await rollback.getByRole('button', { name: 'Roll it back' }).click()
  await expect(state(page)).toHaveText('Hibernated', { timeout: 20_000 })
  await expect(takeButton(page)).toHaveAttribute('aria-disabled', 'true')
  await page.getByRole('button', { name: 'Resume', exact: true }).click()
  await expect(state(page)).toHaveText('Running')
})

test('a VE is made from one, with a name of its own', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('snap') })
  await take(api, ve.id, { name: 'golden' })
  await page.goto(paths.veSnapshots(ve.id))
  await page.getByRole('button', { name: 'More actions on “golden”' }).click()
  await page.getByRole('menuitem', { name: 'Create VE from it…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Create a VE from “golden”' })
  await expect(dialog).toContainText(`with the limits of ${ve.name}`)
  await expectAccessible(page, 'making a VE from a snapshot')
  await dialog.getByRole('button', { name: 'Create VE' }).click()
  await expectFieldProblem(field(dialog, 'Name'), /./)
  const name = unique('copy')
  await field(dialog, 'Name').fill(name)
  await field(dialog, 'Host name').fill('copy.example.org')
  await dialog.getByRole('button', { name: 'Create VE' }).click()
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  await expect(state(page)).toHaveText('Running', { timeout: 20_000 })
})

test('for whoever runs the hosts it is mounted there, and says where', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('snap') })
  const { id } = await take(api, ve.id, { name: 'files' })
  await page.goto(paths.veSnapshots(ve.id))
  const menu = page.getByRole('button', { name: 'More actions on “files”' })
  await menu.click()
  await page.getByRole('menuitem', { name: 'Mount on its host, read-only' }).click()
  await expect(snapshotRow(page, 'files')).toContainText(`/run/corral/snapshots/${id}`)
  await expectAccessible(page, 'a mounted one')
  await menu.click()
  await page.getByRole('menuitem', { name: 'Unmount' }).click()
  await expect(snapshotRow(page, 'files')).not.toContainText('/run/corral')
})

test('other limits than then are shown, offered, and not given by themselves', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('snap'), limits: { memoryBytes: GIB } })
  await take(api, ve.id, { name: 'small' })
  const changed = await api.send('PATCH', `/ves/${ve.id}`, { limits: { memoryBytes: 2 * GIB } })
  await api.succeeded(changed.body.operation.id)
  await page.goto(paths.veSnapshots(ve.id))
  const rollback = await openRollback(page, 'small')
  await expect(rollback.getByRole('listitem').filter({ hasText: 'Memory' })).toContainText('2 GiB')
  await rollback.getByRole('button', { name: 'Roll it back' }).click()
  await expect(snapshotRow(page, 'small')).toContainText('rolled back to')
  expect((await api.ve(ve.id)).limits.memoryBytes).toBe(2 * GIB)
  const again = await openRollback(page, 'small')
  await again.getByRole('button', { name: 'Give it the limits of then' }).click()
  await expect.poll(async () => (await api.ve(ve.id)).limits.memoryBytes).toBe(GIB)
  await expect(again.getByText('Its limits were others then')).toBeHidden()
})

test('what cannot be taken says why in the list; what cannot be kept says why before', async ({
  page,
  api,
}) => {
  const ve = await api.addVe({ name: unique('fail-snapshot') })
  await page.goto(paths.veSnapshots(ve.id))
  await takeButton(page).click()
  const memory = page.getByRole('checkbox', { name: /Keep its memory too/ })
  await expect(memory).toBeDisabled()
  await expect(page.getByText('It is stopped: only what runs has memory to keep.')).toBeVisible()
  await page.getByRole('button', { name: 'Take it' }).click()
  const row = page.getByRole('row').filter({ hasText: 'Failed' })
  await expect(row).toContainText('could not be copied (simulated)')
  const rollBack = row.getByRole('button', { name: 'Roll back…' })
  await expect(rollBack).toHaveAttribute('aria-disabled', 'true')
  await expect(rollBack).toHaveAccessibleDescription('It was never taken.')
})

test('a VE has so many and no more', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('many') })
  for (let number = 1; number <= 20; number += 1) await take(api, ve.id, { name: `number ${number}` })
  const refused = await api.post(`/ves/${ve.id}/snapshots`, { name: 'one more' })
  expect(refused).toMatchObject({ status: 409, body: { code: 'too-many-snapshots' } })
  await page.goto(paths.veSnapshots(ve.id))
  await expect(page.getByText('20 of 20')).toBeVisible()
  await expect(takeButton(page)).toHaveAccessibleDescription(/as many as it may have/)
  const paged = await api.get(`/snapshots?veId=${ve.id}&limit=15&sort=name`)
  expect(paged.body).toMatchObject({ total: 20, next: expect.any(String) })
  const rest = await api.get(`/snapshots?veId=${ve.id}&limit=15&sort=name&cursor=${paged.body.next}`)
  expect(rest.body.items).toHaveLength(5)
})
