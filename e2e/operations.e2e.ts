import { paths } from '../lib/paths.ts'
import type { Api } from './api.ts'
import { expect, test, unique } from './fixtures.ts'
import { expectEnd, expectProblem, field, markDocument, row, state } from './screen.ts'

async function begin(api: Api, prefix: string, start = false) {
  const templateId = await api.firstTemplate()
  const input = { name: unique(prefix), hostname: 've.example.org', templateId, start }
  const { status, body } = await api.post('/ves', input)
  expect(status).toBe(202)
  return body as { ve: { id: string; name: string }; operation: { id: string } }
}

test('steps and log arrive while it runs, and its end is seen without a reload', async ({ page, api }) => {
  const { ve, operation } = await begin(api, 'slow-start', true)
  await page.goto(paths.operation(operation.id))
  const document = await markDocument(page)
  const step = page
    .getByRole('list', { name: 'Steps' })
    .getByRole('listitem')
    .filter({ hasText: 'Make the VE' })
  await expect(state(page)).toHaveText('Running')
  await expect(step).toHaveAttribute('aria-current', 'step')
  await expect(step).toContainText('Start init')
  const log = page.getByRole('log', { name: 'Log' })
  const early = await log.locator('p').count()
  await expectEnd(page, 'Succeeded')
  await expect(step).toContainText('Done')
  await expect.poll(() => log.locator('p').count()).toBeGreaterThan(early)
  await document.expectSame()
  await expect(page.getByRole('region', { name: 'About' })).toContainText('Administrator')
  await expect(page.getByRole('region', { name: 'About' }).getByRole('link', { name: ve.name })).toBeVisible()
})

test('what runs is shown on every page, and leaves when it ends', async ({ page, api }) => {
  await page.goto(paths.hosts())
  const { ve } = await begin(api, 'slow-start', true)
  const tray = page.getByRole('region', { name: 'Running operations' })
  await expect(tray.getByRole('link', { name: `Create ${ve.name}` })).toBeVisible()
  await expect(tray.getByRole('link', { name: `Create ${ve.name}` })).toHaveCount(0, { timeout: 20_000 })
})

test('it is cancelled, and what it had begun is undone', async ({ page, api }) => {
  const { ve, operation } = await begin(api, 'slow-create', true)
  await page.goto(paths.operation(operation.id))
  await expect(state(page)).toHaveText('Running')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expectEnd(page, 'Cancelled', 30_000)
  await expectProblem(page, /The operation was cancelled/, /What (was|had been) begun has been undone/)
  expect(await api.ve(ve.id)).toMatchObject({ state: 'failed' })
  await api.succeeded((await api.delete(`/ves/${ve.id}`)).body.operation.id)
})

test('one that fails names the step, and Retry tries again', async ({ page, api }) => {
  const { ve, operation } = await begin(api, 'fail-start', true)
  await page.goto(paths.operation(operation.id))
  await expectEnd(page, 'Failed')
  await expectProblem(page, /The VE did not start/, /Read the log of the operation/)
  await page.getByRole('button', { name: 'Retry' }).click()
  await expect(page.getByRole('heading', { name: `Create ${ve.name}` })).toBeVisible()
  await expectEnd(page, 'Failed')
})

test('one whose undoing fails is stuck until an admin releases it, with a reason', async ({ page, api }) => {
  const { operation } = await begin(api, 'fail-undo', true)
  await page.goto(paths.operation(operation.id))
  await expectEnd(page, 'Stuck', 20_000)
  await expectProblem(page, /ended at once.*Undoing it failed too/, /Retry goes on undoing; release gives up/)
  await page.getByRole('button', { name: 'Release…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Give up on this operation?' })
  await dialog.getByRole('button', { name: 'Release' }).click()
  await expect(field(dialog, 'Reason, for the log')).toHaveAccessibleDescription(/Required|Say why/)
  await field(dialog, 'Reason, for the log').fill('Cleared by hand.')
  await dialog.getByRole('button', { name: 'Release' }).click()
  await expectEnd(page, 'Failed')
  await expect(page.getByRole('log', { name: 'Log' })).toContainText('Cleared by hand.')
})

test('a connection that breaks meanwhile is told in the log, and the operation goes on', async ({
  page,
  api,
}) => {
  const { operation } = await begin(api, 'lost-link', true)
  await page.goto(paths.operation(operation.id))
  await expectEnd(page, 'Succeeded')
})

test('the list is filtered by status and kind in its address', async ({ page, api }) => {
  const { ve, operation } = await begin(api, 'listed')
  await api.ended(operation.id)
  await page.goto(paths.operations())
  await page.getByRole('searchbox', { name: 'Search operations' }).fill(ve.name)
  await expect(page).toHaveURL(new RegExp(`q=${ve.name}`))
  await expect(row(page, `Create ${ve.name}`)).toContainText('Succeeded')
  await page.getByRole('combobox', { name: 'Status' }).selectOption({ label: 'Failed' })
  await expect(page).toHaveURL(/status=failed/)
  await expect(page.getByText('Nothing matches')).toBeVisible()
})
